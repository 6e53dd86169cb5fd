"""The whole document in memory, as TDR's Python lambda makes it, but of all result files and without white space,
so that its bytes can be checked. Over HTTP with boto3 where it is installed, or of one local file."""

import json
import sys
import time
import urllib.request
import zlib

BUCKET = "bench"
MANIFEST = "consignment/results.json/bench/manifest.json"


class Plain:
    """As much of an S3 client as this takes, where boto3 is not installed."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def get(self, key):
        return urllib.request.urlopen(f"{self.endpoint}/{BUCKET}/{key}").read()

    def put(self, key, body):
        request = urllib.request.Request(f"{self.endpoint}/{BUCKET}/{key}", data=body, method="PUT")
        urllib.request.urlopen(request).read()


class Boto3:
    def __init__(self, boto3, endpoint):
        from botocore.config import Config

        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="eu-west-2",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def get(self, key):
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def put(self, key, body):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body)


def client_of(endpoint):
    try:
        import boto3
    except ImportError:
        return Plain(endpoint)
    return Boto3(boto3, endpoint)


def results_of(body, kind):
    text = body.decode("utf-8")
    if kind["outputType"] == "JSON":
        elements = json.loads(text)
    else:
        elements = [json.loads(line) for line in text.split("\n") if line]
    if kind["transformation"] == "NONE":
        return [json.loads(record["Output"]) for record in elements]
    return elements


def text_of(value, ascii):
    return json.dumps(value, ensure_ascii=ascii, separators=(",", ":")).encode("utf-8")


def over_http(client, job):
    files = json.loads(client.get(MANIFEST))["ResultFiles"]["SUCCEEDED"]
    results = []
    for file in files:
        results += results_of(client.get(file["Key"]), job["kind"])
    document = text_of({"results": results}, job["kind"]["ascii"])
    client.put(job["key"], document)
    bytes_in = sum(file["Size"] for file in files)
    return {"bytesIn": bytes_in, "results": len(results), "bytesOut": len(document)}


def alone(body):
    results = results_of(body, {"outputType": "JSON", "transformation": "NONE"})
    joined = text_of(results, False)[1:-1]
    facts = {"results": len(results), "bytesOut": len(joined), "crc": zlib.crc32(joined)}
    return {"bytesIn": len(body), **facts}


def resident(what):
    """In bytes: VmRSS or VmHWM, its peak."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main():
    job = json.loads(sys.argv[1])
    if "endpoint" in job:
        client = client_of(job["endpoint"])
        work = lambda: over_http(client, job)
    else:
        with open(job["path"], "rb") as file:
            body = file.read()
        work = lambda: alone(body)
    start = resident("VmRSS")
    started = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - started
    print(json.dumps({**done, "seconds": seconds, "maxRss": resident("VmHWM"), "startRss": start}))


main()
