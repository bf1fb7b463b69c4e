"""Files in a bucket of any store that speaks S3. The bucket stays private: what people download
goes through the site, which asks who they are."""

import io
import tempfile
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .storage import _DIGEST, Storage, Stored, measured

IN_MEMORY = 1024 * 1024


class S3(Storage):
    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self.client, self.bucket, self.prefix = client, bucket, prefix

    @classmethod
    def at(cls, address: str) -> "S3":
        """`s3://bucket/prefix?endpoint=https://…&region=…`; who asks stands in the environment."""
        parts = urlsplit(address)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        client = boto3.client(
            "s3",
            endpoint_url=said.get("endpoint"),
            region_name=said.get("region", "us-east-1"),
            config=Config(
                # Not every store knows the newer checksums; names are checksums here anyway.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 4},
                s3={"addressing_style": "path"} if "endpoint" in said else {},
            ),
        )
        prefix = parts.path.strip("/")
        return cls(client, parts.netloc, f"{prefix}/" if prefix else "")

    def keep(self, stream: IO[bytes], limit: int) -> Stored:
        # The name is known only once all has been read, so it waits in a file of its own.
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            stored = measured(stream, file, limit)
            file.seek(0)
            # Also when it is there: what is put counts as put now, and is not swept.
            self.client.put_object(
                **self._named(stored.digest), Body=file, ContentLength=stored.size
            )
        return stored

    def open(self, digest: str) -> IO[bytes]:
        return io.BufferedReader(_Remote(self, digest), 64 * 1024)

    def size(self, digest: str) -> int:
        try:
            return int(self.client.head_object(**self._named(digest))["ContentLength"])
        except ClientError as error:
            raise _missing(error, digest) from error

    def refresh(self, digest: str) -> bool:
        """By copying it onto itself, which is the only way to move its date."""
        named = self._named(digest)
        try:
            self.client.copy_object(**named, CopySource=named, MetadataDirective="REPLACE")
        except ClientError as error:
            if isinstance(_missing(error, digest), FileNotFoundError):
                return False
            raise
        return True

    def sweep(self, named: Collection[str], before: datetime) -> int:
        """Each is looked at once more, for who put it again since the list was made.

        Between that look and the deletion lies a moment, which no store closes: a deletion can ask
        for the ETag, but who puts a file again puts the same octets with the same ETag, and only
        few stores let it ask for the date. Moving it aside first, as on a disk, is a copy and this
        same deletion. It takes a file that nobody named for a day, put again in that very moment.
        """
        swept = 0
        for digest, put_at in self._listed():
            if digest in named or put_at >= before:
                continue
            if self.client.head_object(**self._named(digest))["LastModified"] < before:
                self.delete(digest)
                swept += 1
        return swept

    def delete(self, digest: str) -> None:
        self.client.delete_object(**self._named(digest))

    def digests(self) -> Iterator[str]:
        return (digest for digest, _ in self._listed())

    def _listed(self) -> Iterator[tuple[str, datetime]]:
        """Each file, and when it was last put."""
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
            for entry in page.get("Contents", ()):
                name = entry["Key"].removeprefix(self.prefix)
                if _DIGEST.fullmatch(name):
                    yield name, entry["LastModified"]

    def body(self, digest: str, start: int) -> Any:
        """What comes from there to the end, as it comes."""
        try:
            return self.client.get_object(**self._named(digest), Range=f"bytes={start}-")["Body"]
        except ClientError as error:
            raise _missing(error, digest) from error

    def _named(self, digest: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{digest}"}


class _Remote(io.RawIOBase):
    """A file of the bucket. Seeking costs nothing; the first read after it asks from there on."""

    def __init__(self, storage: S3, digest: str) -> None:
        self.storage, self.digest = storage, digest
        self.length = storage.size(digest)
        self.at = 0
        self.coming: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence]
        if base + offset != self.at:
            self._let_go()
        self.at = base + offset
        return self.at

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.length:
            return 0
        if self.coming is None:
            self.coming = self.storage.body(self.digest, self.at)
        chunk = self.coming.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.at += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self.coming is not None:
            self.coming.close()
            self.coming = None


def _missing(error: ClientError, digest: str) -> Exception:
    """What a file that is not there raises in every storage; other faults stay what they are."""
    gone = error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound")
    return FileNotFoundError(digest) if gone else error
