"""A store that speaks S3, real and of this machine: SeaweedFS, one process with all its parts, and what may happen to it.

Starts on ports of its own choice beside the one that others know; tells nobody outside of this machine anything.
"""
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import urllib3
from minio import Minio

BUCKET = "a-bucket"
OWNER, SECRET = "an-owner", "the-secret-of-the-owner"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Store:
    """Ends with its `with`. Who may do what is written in a file that it reads again when told."""

    def __init__(self, port):
        self.port = port
        self.home = Path(tempfile.mkdtemp(prefix="store-"))
        self.ports = {each: free_port() for each in (
            "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port.grpc")}
        self.process = None
        self.users({OWNER: (SECRET, ["Admin", "Read", "Write", "List"])})

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
        for part in ("master", "volume", "filer"):
            Path(f"/tmp/seaweedfs-{part}-grpc-{self.ports[f'{part}.port.grpc']}.sock").unlink(missing_ok=True)

    def start(self):
        weed = Path(sys.executable).parent / "weed"
        command = [
            weed, "-logtostderr=true", "server", f"-dir={self.home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
            "-master.electionTimeout=1s", "-master.volumeSizeLimitMB=64", "-volume.max=40", f"-filer.localSocket={self.home}/filer.sock",
            "-s3", f"-s3.port={self.port}", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.localSocket={self.home}/s3.sock",
            f"-s3.config={self.home}/users.json", "-s3.iam=false", "-s3.autoCreateBucket=false",
            *(f"-{name}={port}" for name, port in self.ports.items())]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home)
        self.wait()

    def wait(self):
        """It answers some seconds before it can keep anything."""
        until = time.time() + 60
        while True:
            try:
                client = self.client()
                if not client.bucket_exists(bucket_name=BUCKET):
                    client.make_bucket(bucket_name=BUCKET)
                client.put_object(bucket_name=BUCKET, object_name="a-trial", data=io.BytesIO(b"x"), length=1)
                client.remove_object(bucket_name=BUCKET, object_name="a-trial")
                return
            except Exception as e:
                if time.time() > until or self.process.poll() is not None:
                    raise AssertionError(f"the store does not answer: {e}\n{(self.home / 'log').read_text()[-2000:]}")
                time.sleep(0.1)

    def client(self, key=OWNER, secret=SECRET):
        # As few tries as can be: who waits decides how long.
        http = urllib3.PoolManager(maxsize=8, retries=urllib3.Retry(total=0), timeout=urllib3.Timeout(connect=2, read=30))
        return Minio(f"127.0.0.1:{self.port}", access_key=key, secret_key=secret, secure=False, region="us-east-1", http_client=http)

    def put(self, key, path_or_bytes):
        if isinstance(path_or_bytes, bytes):
            self.client().put_object(bucket_name=BUCKET, object_name=key, data=io.BytesIO(path_or_bytes), length=len(path_or_bytes))
        else:
            self.client().fput_object(bucket_name=BUCKET, object_name=key, file_path=str(path_or_bytes))
        return key

    def remove(self, key):
        self.client().remove_object(bucket_name=BUCKET, object_name=key)

    def users(self, users):
        """Who may do what from now on: keys with their secrets and rights."""
        identities = [
            {"name": f"user {number}", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": rights}
            for number, (key, (secret, rights)) in enumerate(users.items())]
        fresh = self.home / "users.json.new"
        fresh.write_text(json.dumps({"identities": identities}))
        os.replace(fresh, self.home / "users.json")
        if self.process:
            self.process.send_signal(signal.SIGHUP)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def freeze(self):
        """It takes connections, and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
