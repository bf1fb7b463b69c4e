// SHA-256 (FIPS 180-4) of a file in pieces: crypto.subtle would want all of it in memory at once, and
// is not there on plain http.
const PIECE = 1024 * 1024;
const { starts, rounds } = constants();

export async function sha256(file, signal) {
  const state = Uint32Array.from(starts);
  const schedule = new Uint32Array(64);
  let left = new Uint8Array();
  for (let offset = 0; offset < file.size; offset += PIECE) {
    signal?.throwIfAborted();
    const piece = new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer());
    left = left.length ? joined(left, piece) : piece;
    const whole = left.length - (left.length % 64);
    blocks(state, schedule, left.subarray(0, whole));
    left = left.slice(whole);
  }
  const end = new Uint8Array(left.length < 56 ? 64 : 128);
  end.set(left);
  end[left.length] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor((file.size * 8) / 2 ** 32));
  view.setUint32(end.length - 4, (file.size * 8) >>> 0);
  blocks(state, schedule, end);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function blocks(state, w, octets) {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at < octets.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + rounds[i] + w[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] += word;
    });
  }
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

// The first 32 bits of the fractions of the roots of the first primes: square roots to start from,
// cube roots for the rounds. Exact, because a double carries 52.
function constants() {
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  return {
    starts: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    rounds: Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
}
