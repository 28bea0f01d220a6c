"""Requests to a FastAPI application through its test client."""

import sys

from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel


class Item(BaseModel):
    number: int
    name: str


app = FastAPI()


@app.get("/items/{number}")
async def item(number: int, name: str) -> Item:
    return Item(number=number, name=name)


with TestClient(app) as client:
    for i in range(int(sys.argv[1])):
        answer = client.get(f"/items/{i}?name=x")
        assert answer.json() == {"number": i, "name": "x"}, answer
