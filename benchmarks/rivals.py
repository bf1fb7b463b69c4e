"""Other ways from scores to a ranking, for `benchmarks.judging` to compare ours with.

Each takes what was judged and returns one figure a submission, the higher the better. They are
written from their papers or descriptions, as plainly as will do, and are no part of the product.
"""

import numpy as np

from .jury import JUDGES, OWN_VARIANCE, SUBMISSIONS, WEIGHTS, Event, Floats, Judged


def raw_mean(judged: Judged) -> Floats:
    return judged.mean(judged.whole, np.ones(len(judged.judge)))


def median(judged: Judged) -> Floats:
    centre = np.median(judged.whole)
    own = [judged.whole[judged.submission == s] for s in range(SUBMISSIONS)]
    return np.array([np.median(each) if len(each) else centre for each in own])


def z_score(judged: Judged) -> Floats:
    """Each judge's scores brought to mean 0 and standard deviation 1, then the mean."""
    standard: Floats = np.zeros(len(judged.whole))
    for judge in np.unique(judged.judge):
        own = judged.judge == judge
        sd = judged.whole[own].std()
        standard[own] = (judged.whole[own] - judged.whole[own].mean()) / sd if sd else 0.0
    return judged.mean(standard, np.ones(len(standard)))


def rank_points(judged: Judged) -> Floats:
    """As Jury (hackutd/jury) has it: every judge ranks five at a time, and a place gives points
    (Borda count); the mean, since panels differ in size."""
    points = np.zeros(len(judged.whole))
    random = np.random.default_rng(judged.event.seed)
    for judge in np.unique(judged.judge):
        own = random.permutation(np.flatnonzero(judged.judge == judge))
        for begin in range(0, len(own), 5):
            batch = own[begin : begin + 5]
            rising = batch[np.argsort(judged.whole[batch] + 1e-6 * random.random(len(batch)))]
            points[rising] = (np.arange(len(rising)) + 0.5) / len(rising)
    return judged.mean(points, np.ones(len(points)))


def rasch(judged: Judged) -> Floats:
    """Many-facet Rasch, rating scale (Linacre): joint maximum likelihood by Newton steps.

    logit of category k against k - 1 = ability - severity - difficulty - threshold of k. A trace of
    a prior keeps those finite who have nothing but highest or lowest scores.
    """
    given = judged.scores.astype(np.int64) - 1
    shape = given.shape
    top = 4
    ability, severity = np.zeros(SUBMISSIONS), np.zeros(JUDGES)
    difficulty, threshold = np.zeros(shape[1]), np.zeros(top)
    steps = np.arange(top + 1)
    for _ in range(40):
        place = ability[judged.submission] - severity[judged.judge]
        logit = steps * (place[:, None] - difficulty)[..., None]
        logit = logit - np.concatenate([[0.0], np.cumsum(threshold)])
        chance = np.exp(logit - logit.max(axis=2, keepdims=True))
        chance /= chance.sum(axis=2, keepdims=True)
        expected = chance @ steps
        information = chance @ steps**2 - expected**2
        surplus = given - expected
        for facet, index, sign in (
            (ability, judged.submission, 1),
            (severity, judged.judge, -1),
        ):
            up = np.bincount(index, surplus.sum(axis=1), len(facet)) - sign * 0.05 * facet
            facet += sign * np.clip(
                up / (np.bincount(index, information.sum(axis=1), len(facet)) + 0.05), -1, 1
            )
        severity -= severity.mean()
        difficulty -= np.clip(surplus.sum(axis=0) / information.sum(axis=0), -1, 1)
        difficulty -= difficulty.mean()
        reached = np.array([(given >= k).sum() + 0.5 for k in steps[1:]])
        hoped = np.array([chance[..., k:].sum() + 0.5 for k in steps[1:]])
        threshold += 0.5 * np.log(hoped / reached)
    return ability


def additive(judged: Judged) -> Floats:
    """score = level of the judge + quality + noise, both random, variances by REML (EM)."""
    y, n = judged.whole, len(judged.whole)
    design = np.zeros((n, 1 + JUDGES + SUBMISSIONS))
    design[:, 0] = 1
    design[np.arange(n), 1 + judged.judge] = 1
    design[np.arange(n), 1 + JUDGES + judged.submission] = 1
    gram, right = design.T @ design, design.T @ y
    judges, projects = slice(1, 1 + JUDGES), slice(1 + JUDGES, None)
    levels, quality, noise = 0.3, 0.5, 0.5
    effects = np.zeros(len(right))
    for _ in range(60):
        ridge = np.zeros(len(right))
        ridge[judges], ridge[projects] = noise / levels, noise / quality
        inverse = np.linalg.inv(gram + np.diag(ridge))
        effects = inverse @ right
        spread = noise * np.diag(inverse)
        levels = float(np.mean(effects[judges] ** 2 + spread[judges]))
        quality = float(np.mean(effects[projects] ** 2 + spread[projects]))
        noise = float((y @ y - effects @ right) / (n - 1))
    return np.asarray(effects[projects], dtype=np.float64)


def oracle(judged: Judged) -> Floats:
    """Knows severity, spread and noise of every judge, but sees the same rounded scores."""
    event, j = judged.event, judged.judge
    seen = ((judged.whole - 3.2) / 0.8 - event.severity[j]) / event.spread[j]
    return judged.mean(seen, 1 / event.noise_var[j], 1 / (1 + OWN_VARIANCE * (WEIGHTS @ WEIGHTS)))


# -- Gavel -------------------------------------------------------------------------------------

_GAMMA, _EPSILON = 0.1, 0.25  # of Gavel: weight of the annotators' gain, chance of a random pick
_ALPHA, _BETA = 10.0, 1.0  # its prior of a judge


def gavel(event: Event, visits: int) -> Floats:
    """Gavel: CrowdBT with its own choice of the next project (Chen et al. 2013).

    In turn each judge goes to another project and compares it with the one before. As Gavel does, a
    project seen by few comes first, with a chance of 1/4 at random, else by the expected gain.
    """
    random = np.random.default_rng([event.seed, 2])
    mean, var = np.zeros(SUBMISSIONS), np.ones(SUBMISSIONS)
    trust = np.tile([_ALPHA, _BETA], (JUDGES, 1))
    barred = {(each.judge, each.submission) for each in event.conflicts}
    left = [
        [s for s in random.permutation(SUBMISSIONS).tolist() if (j, s) not in barred]
        for j in range(JUDGES)
    ]
    seen = np.zeros(SUBMISSIONS)
    before: list[int | None] = [None] * JUDGES
    for visit in range(visits):
        j = visit % JUDGES
        if not left[j]:
            continue
        options = np.array(left[j])
        last = before[j]
        if last is None or random.random() < _EPSILON:
            few = options[seen[options] == seen[options].min()]
            s = int(random.choice(few))
        else:
            s = int(
                options[
                    np.argmax(_gain(*trust[j], mean[last], var[last], mean[options], var[options]))
                ]
            )
        left[j].remove(s)
        seen[s] += 1
        if last is not None:
            won, lost = (s, last) if event.seen[s, j] > event.seen[last, j] else (last, s)
            trust[j], (mean[won], var[won], mean[lost], var[lost]) = _update(
                *trust[j], mean[won], var[won], mean[lost], var[lost]
            )
        before[j] = s
    return mean


def _update(alpha, beta, mu_won, var_won, mu_lost, var_lost):  # type: ignore[no-untyped-def]
    """CrowdBT's moment matching after one comparison, for numbers or arrays."""
    trust = alpha / (alpha + beta)
    e_won, e_lost = np.exp(mu_won), np.exp(mu_lost)
    both = e_won + e_lost
    mixed = alpha * e_won + beta * e_lost
    pull = alpha * e_won / mixed - e_won / both
    bend = alpha * e_won * beta * e_lost / mixed**2 - e_won * e_lost / both**2
    chance = e_won / both + 0.5 * (var_won + var_lost) * e_won * e_lost * (e_lost - e_won) / both**3
    chance = np.clip(chance, 1e-6, 1 - 1e-6)
    total = trust * chance + (1 - trust) * (1 - chance)
    first = (chance * (alpha + 1) * alpha + (1 - chance) * alpha * beta) / (
        total * (alpha + beta + 1) * (alpha + beta)
    )
    second = (
        chance * (alpha + 2) * (alpha + 1) * alpha + (1 - chance) * (alpha + 1) * alpha * beta
    ) / (total * (alpha + beta + 2) * (alpha + beta + 1) * (alpha + beta))
    spread = np.maximum(second - first**2, 1e-9)
    size = (first - second) / spread
    return (first * size, (1 - first) * size), (
        mu_won + var_won * pull,
        var_won * np.maximum(1 + var_won * bend, 1e-4),
        mu_lost - var_lost * pull,
        var_lost * np.maximum(1 + var_lost * bend, 1e-4),
    )


def _gain(alpha, beta, mu_one, var_one, mu_two, var_two):  # type: ignore[no-untyped-def]
    """The expected gain of information from a comparison of `one` with each `two`."""
    gain = 0.0
    trust = alpha / (alpha + beta)
    one_wins = 1 / (1 + np.exp(mu_two - mu_one))
    for won_first in (True, False):
        given = (
            (mu_one, var_one, mu_two, var_two) if won_first else (mu_two, var_two, mu_one, var_one)
        )
        (a, b), (mw, vw, ml, vl) = _update(alpha, beta, *given)
        chance = one_wins if won_first else 1 - one_wins
        chance = trust * chance + (1 - trust) * (1 - chance)
        told = _divergence(mw, vw, given[0], given[1]) + _divergence(ml, vl, given[2], given[3])
        # How far the judge's trust moved, by the normal distributions of the same moments.
        moved = _divergence(a / (a + b), _beta_var(a, b), trust, _beta_var(alpha, beta))
        gain = gain + chance * (told + _GAMMA * moved)
    return gain


def _divergence(mu, var, mu_before, var_before):  # type: ignore[no-untyped-def]
    """Kullback-Leibler divergence of two normal distributions."""
    return 0.5 * (np.log(var_before / var) + (var + (mu - mu_before) ** 2) / var_before - 1)


def _beta_var(alpha, beta):  # type: ignore[no-untyped-def]
    return alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1))
