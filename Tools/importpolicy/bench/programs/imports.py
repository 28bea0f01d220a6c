"""200 first imports: public modules in alphabetical order, as many as it
takes to load 200 that were not loaded before."""

import sys
before = len(sys.modules)
for name in '''
    abc argparse array ast asyncio base64 bdb binascii bisect bz2 cProfile
    calendar cmath cmd code codecs codeop collections colorsys compileall
    concurrent.futures configparser contextlib contextvars copy copyreg csv
    ctypes dataclasses datetime decimal difflib dis doctest email.message
    encodings.idna enum fcntl filecmp fileinput fnmatch fractions ftplib
    functools getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
    html.parser http.client http.server imaplib importlib.metadata inspect
    ipaddress itertools json keyword locale logging.config lzma mailbox
    mimetypes mmap multiprocessing netrc numbers operator optparse pathlib
    pickle pkgutil platform plistlib pprint profile pstats pyclbr queue random
    reprlib sched secrets selectors shelve shlex shutil signal smtplib
    socketserver sqlite3 ssl statistics string subprocess symtable sysconfig
    tarfile tempfile textwrap timeit tomllib trace tracemalloc typing
    unicodedata unittest.mock urllib.request uuid wave weakref
    wsgiref.simple_server xml.dom.minidom xml.etree.ElementTree xml.sax
    xmlrpc.client zipapp zipfile zoneinfo'''.split():
    __import__(name)
    if len(sys.modules) - before >= 200:
        break
else:
    sys.exit('not enough modules')
