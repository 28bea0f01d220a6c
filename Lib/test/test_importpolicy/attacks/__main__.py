"""python -m test.test_importpolicy.attacks: how many attacks held?"""

import argparse
import concurrent.futures
import os
import sys

from test.test_importpolicy.attacks import cases, runner


def main():
    parser = argparse.ArgumentParser(
        prog="python -m test.test_importpolicy.attacks",
        description="Run the escape suite, and print what held, by category.")
    parser.add_argument("name", nargs="*", help="the cases to run; or all")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="print what each case printed that is not as "
                        "expected")
    parser.add_argument("--doc", metavar="FILE",
                        help="run nothing; write what the headers say into "
                        "Doc/importpolicy/attacks.rst")
    options = parser.parse_args()
    found = cases.load()
    if options.doc:
        with open(options.doc, encoding="utf-8") as file:
            text = cases.written(file.read(), found.values())
        with open(options.doc, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    unknown = set(options.name) - set(found)
    if unknown:
        parser.error("no such case: " + ", ".join(sorted(unknown)))
    chosen = [found[name] for name in options.name or found]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(runner.run, chosen))
    for verdict in verdicts:
        if verdict.text:
            print(verdict.text if options.verbose
                  else verdict.text.partition("\n")[0])
    report(chosen, {verdict.case: verdict.name for verdict in verdicts})
    return any(verdict.text for verdict in verdicts)


def report(chosen, names):
    columns = ["held", "breached", "beyond"]
    if "unreal" in names.values():
        columns.append("unreal")
    print(f"{'':12}", *(f"{name:>8}" for name in columns))
    for category, row in cases.counts(chosen, names.get).items():
        print(f"{category:12}", *(f"{row.get(name, 0):8}"
                                  for name in columns))


if __name__ == "__main__":
    sys.exit(main())
