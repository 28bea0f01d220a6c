"""What the interpreter judges against what the model says.

    compare.py [--seed SEED] CASES       by chance
    compare.py --hypothesis CASES        driven, and shrunk, by Hypothesis

The first world in which they differ ends it, with all that is needed to see
it again.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time

if __package__:
    from . import cases, model, paper, world
else:
    import cases
    import model
    import paper
    import world

PLANS = 100                 # for each world, by chance
DRIVEN = 100                # and by Hypothesis, which draws no more


class Different(AssertionError):
    pass


def differences(scene, made, plans):
    judged = scene.run(made, plans)
    rule = model.Model(made)
    for (plan, pull), found in zip(plans, judged, strict=True):
        expected = paper.perform(rule, plan, pull)
        if found != expected:
            yield {"plan": plan, "pull": pull, "model": expected,
                   "interpreter": found}


def check(scene, source, n):
    """Make a world and n plans for it, and compare."""
    made = cases.world(source, scene.root)
    plans = [cases.plan(source, scene.root) for _ in range(n)]
    found = list(differences(scene, made, plans))
    if found:
        raise Different(json.dumps({"world": made, "differences": found},
                                   indent=1))


def by_chance(scene, n, seed):
    """How many were compared?"""
    for done in range(0, n, PLANS):
        check(scene, random.Random(f"{seed}/{done}"), min(PLANS, n - done))
    return n


def by_hypothesis(scene, n):
    """The same.  Examples that Hypothesis gives up do not count."""
    # It keeps what it found out, for another time.
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scene.root
    import hypothesis
    from hypothesis import strategies
    done = 0

    @hypothesis.settings(max_examples=-(-n // DRIVEN), deadline=None,
                         database=None, print_blob=False,
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(strategies.randoms(use_true_random=False))
    def one(source):
        nonlocal done
        check(scene, source, DRIVEN)
        done += DRIVEN

    one()
    return done


def main(arguments):
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as root:
        scene = world.Scene(root, arguments.python)
        if arguments.hypothesis:
            done = by_hypothesis(scene, arguments.cases)
        else:
            done = by_chance(scene, arguments.cases, arguments.seed)
    print(f"{done} cases, no difference, "
          f"{time.monotonic() - started:.0f} seconds")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--hypothesis", action="store_true")
    parser.add_argument("--python", default=sys.executable,
                        help="the interpreter that is judged")
    main(parser.parse_args())
