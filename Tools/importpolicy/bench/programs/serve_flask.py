"""Requests to a Flask application through its test client."""

import sys

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.route("/items/<int:number>")
def item(number):
    return jsonify(number=number, name=request.args.get("name"))


client = app.test_client()
for i in range(int(sys.argv[1])):
    answer = client.get(f"/items/{i}?name=x")
    assert answer.get_json() == {"number": i, "name": "x"}, answer
