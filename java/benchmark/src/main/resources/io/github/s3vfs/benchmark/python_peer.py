# Reads a database in blocks by the Python package sqlite-s3vfs, and says how many seconds that took.
# Arguments: endpoint ("" for AWS), region ("" for the default), bucket, key, rows of the table item.
import sys
import time

import apsw
import boto3
import sqlite_s3vfs

endpoint, region, bucket, key = sys.argv[1:5]
rows = int(sys.argv[5])
PART = 20  # one twentieth of the scan: with a request for each page all of it takes minutes


def connect():
    resource = boto3.Session().resource(
        "s3", endpoint_url=endpoint or None, region_name=region or None
    )
    vfs = sqlite_s3vfs.S3VFS(bucket=resource.Bucket(bucket), block_size=4096)
    return vfs, apsw.Connection(key, vfs=vfs.name, flags=apsw.SQLITE_OPEN_READONLY)


for i in range(5):
    begin = time.monotonic()
    vfs, connection = connect()
    row = 1 + (i * 1000003 + 77777) % rows
    for _ in connection.execute("SELECT name, balance, note FROM item WHERE id = ?", (row,)):
        pass
    print("first", time.monotonic() - begin)
    connection.close()

vfs, connection = connect()
begin = time.monotonic()
sql = "SELECT count(*), sum(balance), sum(length(note)) FROM item NOT INDEXED WHERE id <= ?"
for _ in connection.execute(sql, (rows // PART,)):
    pass
print("scan", (time.monotonic() - begin) * PART)
connection.close()
