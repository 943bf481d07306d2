import os

import psycopg2
import redis


def connect():
    return psycopg2.connect(
        host=os.environ["DB_HOST"], dbname="shop", user="postgres", password="postgres"
    )


def cache():
    return redis.Redis(host=os.environ["CACHE_HOST"])
