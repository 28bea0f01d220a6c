"""Who owns a package, and what does it require?

Python/distribution*.c read installed metadata.  Here they read directories
that the tests make; `_importpolicy` only hands the questions on.  Nothing is
installed or imported, and no policy is in force.

Most of the tests are lies: metadata is written by the packages themselves,
and one that could pass for another's relative would share its grants.
"""

import importlib.machinery
import os
import random
import sys
import tempfile
import unittest
from test import support
from test.support import import_helper, os_helper

_importpolicy = import_helper.import_module('_importpolicy')


class Site:
    """A directory of the search path, and what is installed in it."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def write(self, path, text=''):
        path = os.path.join(self.path, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def install(self, name, *files, version='1', requires=(), metadata=None,
                record=None, info=None, on_disk=True):
        """Write a dist-info directory; list and make the files."""
        info = info or f'{name.replace("-", "_")}-{version}.dist-info'
        if metadata is None:
            lines = [f'Name: {name}', f'Version: {version}']
            lines += [f'Requires-Dist: {text}' for text in requires]
            metadata = '\n'.join(lines) + '\n\nName: no-longer-a-header\n'
        self.write(f'{info}/METADATA', metadata)
        if record is None:
            listed = [*files, f'{info}/METADATA', f'{info}/RECORD']
            record = ''.join(f'{path},sha256=x,1\n' for path in listed)
        self.write(f'{info}/RECORD', record)
        for path in files if on_disk else ():
            self.write(path)
        return info

    def simple(self, name, requires=(), **kwargs):
        """A distribution that is one package of the same name."""
        package = name.replace('-', '_')
        return self.install(name, f'{package}/__init__.py',
                            requires=requires, **kwargs)


class DistributionTestCase(unittest.TestCase):

    def setUp(self):
        self.root = os.path.realpath(self.enterContext(
            tempfile.TemporaryDirectory()))
        self.site = Site(os.path.join(self.root, 'site'))
        self.dirs = [self.site.path]

    def found(self):
        return {name: list(principals) for name, version, principals
                in _importpolicy.distributions(self.dirs)}

    def owner(self, principal):
        return _importpolicy.owner(self.dirs, principal)

    def way(self, granted, required):
        return list(_importpolicy.requirement_path(self.dirs, granted,
                                                   required))

    def covers(self, granted, required):
        return bool(self.way(granted, required))

    def editable(self, *path):
        return _importpolicy.editable(self.dirs, os.path.join(*path))


class PrincipalTest(DistributionTestCase):
    """What a RECORD makes a distribution's own."""

    def check(self, files, principals):
        self.site.install('dist', *files, on_disk=False)
        self.assertEqual(self.found(), {'dist': sorted(principals)})
        for principal in principals:
            self.assertEqual(self.owner(principal), 'dist')

    def test_package(self):
        self.check(['yaml/__init__.py', 'yaml/loader.py',
                    'yaml/sub/__init__.py', 'yaml/data/table.py'], ['yaml'])

    def test_not_its_parts(self):
        self.check(['yaml/__init__.py', 'yaml/loader.py'], ['yaml'])
        for name in 'yaml.loader', 'yam', 'yamll', '', 'YAML', 'yaml.':
            self.assertIsNone(self.owner(name))

    def test_siblings(self):
        self.check(['attr/__init__.py', 'attrs/__init__.py'],
                   ['attr', 'attrs'])

    def test_modules(self):
        self.check(['six.py', 'old.pyc', '_cffi_backend.abi3.so', 'plain.so',
                    'fast.cpython-313-x86_64-linux-gnu.so'],
                   ['six', 'old', '_cffi_backend', 'plain', 'fast'])

    def test_package_in_native_code(self):
        self.check(['fast/__init__.cpython-313-x86_64-linux-gnu.so',
                    'fast/more.py'], ['fast'])

    def test_namespaces(self):
        self.check(['google/cloud/storage/__init__.py',
                    'google/cloud/storage/client.py',
                    'google/api/http_pb2.py'],
                   ['google.cloud.storage', 'google.api.http_pb2'])
        self.assertIsNone(self.owner('google'))
        self.assertIsNone(self.owner('google.cloud'))

    def test_namespace_of_two(self):
        self.site.install('one', 'google/one/__init__.py')
        self.site.install('two', 'google/two/__init__.py')
        self.assertEqual(self.owner('google.one'), 'one')
        self.assertEqual(self.owner('google.two'), 'two')
        self.assertIsNone(self.owner('google'))

    def test_any_order(self):
        files = ['a/__init__.py', 'a/b.py', 'a/b/__init__.py', 'a/b/c.py',
                 'ns/a/__init__.py', 'ns/a/b/__init__.py', 'ns/b.py',
                 'a_/__init__.py', 'a0.py', 'a/b/c/d/__init__.py']
        generator = random.Random(1)
        for _ in range(20):
            generator.shuffle(files)
            self.check(files, ['a', 'ns.a', 'ns.b', 'a_', 'a0'])

    def test_module_and_package(self):
        self.check(['a.py', 'a/__init__.py', 'a.cpython-313-darwin.so'],
                   ['a'])

    def test_not_code(self):
        self.check(['real.py', 'data.txt', 'share/x/y.json', 'README',
                    'types.pyi', 'stub/__init__.pyi', 'lib.so.1',
                    '__pycache__/real.cpython-313.pyc', 'x/__pycache__/y.py',
                    'numpy.libs/libblas.so', 'a-b/__init__.py', '3d.py',
                    'dist-1.data/purelib/evil.py', '.hidden/__init__.py'],
                   ['real'])

    def test_paths_that_climb(self):
        self.check(['real.py', '../up/__init__.py', 'a/../b/__init__.py',
                    '/abs/__init__.py', './dot/__init__.py', 'c//d.py',
                    '../../../bin/tool.py', 'w\\x.py', 'real/../../e.py',
                    '//e.py', '..', '.', '/'], ['real'])

    def test_reserved(self):
        self.check(['real.py', '__main__.py', '__main__/__init__.py',
                    '__init__.py', '*.py', '*/__init__.py'], ['real'])

    def test_below_a_package_of_the_name(self):
        # What looks like "pkg/.." is inside of nothing.
        self.check(['pkg/__init__.py', 'pkg/../evil/__init__.py',
                    'pkg/../evil.py'], ['pkg'])

    def test_non_ascii(self):
        self.check(['ünï/__init__.py', 'π.py'], ['ünï', 'π'])

    def test_csv(self):
        for record in (
            b'a/__init__.py,sha256=x,1\r\n"b.py",,\r\nc.py,,',
            b'a/__init__.py\nb.py\n\n\nc.py',
            b'"c.py","sha256=x","1"\n"a/__init__.py",,\n"b.py"',
            b'"x,y.py",,\na/__init__.py,"\nb.py,,\n"c.py\nc.py,,\n',
            b'"q""r.py",,\na/__init__.py,,\nb.py,,\nc.py,,\n',
        ):
            with self.subTest(record=record):
                self.site.install('dist', record=record)
                self.assertLessEqual({'a', 'b', 'c'},
                                     set(self.found()['dist']))

    def test_top_level(self):
        # A system's package manager removes the RECORD.
        info = self.site.install('dist', 'ignored.py')
        os.remove(os.path.join(self.site.path, info, 'RECORD'))
        self.assertEqual(self.found(), {'dist': []})
        self.site.write(f'{info}/top_level.txt',
                        'one\ntwo\r\n\nns/three\n../four\n-\n__main__\nfive')
        self.assertEqual(self.found(),
                         {'dist': ['five', 'ns.three', 'one', 'two']})

    def test_top_level_beside_record(self):
        info = self.site.install('dist', 'real.py')
        self.site.write(f'{info}/top_level.txt', 'evil\n')
        self.assertEqual(self.found(), {'dist': ['real']})

    def test_linked_files(self):
        # Some installers link to a cache.
        info = self.site.install('dist', 'real.py')
        path = os.path.join(self.site.path, info)
        cache = os.path.join(self.root, 'cache')
        for name in 'RECORD', 'METADATA':
            os.rename(os.path.join(path, name), cache + name)
            os.symlink(cache + name, os.path.join(path, name))
        self.assertEqual(self.found(), {'dist': ['real']})

    def test_many_files(self):
        files = [f'big/m{i}.py' for i in range(50_000)]
        self.check(['big/__init__.py', *files], ['big'])
        # One that is all namespace: too many principals are none.
        self.site.install('loose', *[f'ns/d{i}/m.py' for i in range(70_000)],
                          on_disk=False)
        self.assertEqual(self.found()['loose'], [])

    def test_record_too_large(self):
        info = self.site.install('dist', 'real.py')
        with open(os.path.join(self.site.path, info, 'RECORD'), 'r+') as file:
            file.truncate(33 << 20)
        self.assertEqual(self.found(), {'dist': []})


class ContestTest(DistributionTestCase):
    """One directory, and somebody in it lies."""

    def setUp(self):
        super().setUp()
        self.site.simple('requests', ['urllib3'])
        self.site.simple('urllib3')
        # With nobody lying, this is so; it is what the lies are after.
        self.assertTrue(self.covers('requests', 'urllib3'))
        self.assertEqual(self.owner('requests'), 'requests')

    def check_no_gain(self):
        """The stranger `evil` has become nobody's relative."""
        owner = self.owner('evil')
        for name in 'requests', 'urllib3':
            self.assertNotEqual(owner, name)
            if owner is not None:
                self.assertFalse(self.covers(name, owner))
                self.assertFalse(self.covers(owner, name))
            self.assertIn(self.owner(name), (name, None))

    def test_stranger(self):
        self.site.simple('evil', ['requests2'])
        self.check_no_gain()
        self.assertEqual(self.owner('evil'), 'evil')

    def test_module_in_anothers_package(self):
        self.site.install('evil', 'evil.py', 'requests/zz.py',
                          'requests/sub/__init__.py')
        self.check_no_gain()
        self.assertEqual(self.owner('requests'), 'requests')
        self.assertNotIn('requests', self.found()['evil'])

    def test_anothers_package(self):
        self.site.install('evil', 'evil.py', 'requests/__init__.py')
        self.check_no_gain()
        self.assertIsNone(self.owner('requests'))
        self.assertEqual(self.owner('evil'), 'evil')
        self.assertEqual(self.owner('urllib3'), 'urllib3')

    def test_anothers_package_as_module(self):
        for path in 'requests.py', 'requests.abi3.so', 'requests.pyc':
            with self.subTest(path=path):
                self.site.install('evil', 'evil.py', path, on_disk=False)
                self.check_no_gain()
                self.assertIsNone(self.owner('requests'))

    def test_anothers_name(self):
        for name, info in (
            ('urllib3', 'urllib3-9.dist-info'),
            ('URLLib3', 'URLLib3-1.dist-info'),
            ('urllib3', 'urllib3-1.0.post1.dist-info'),
        ):
            with self.subTest(info=info):
                info = self.site.install(name, 'evil.py', info=info)
                self.assertNotIn('urllib3', self.found())
                self.assertIsNone(self.owner('evil'))
                self.assertIsNone(self.owner('urllib3'))
                self.assertFalse(self.covers('requests', 'urllib3'))
                os_helper.rmtree(os.path.join(self.site.path, info))

    def test_anothers_name_normalised(self):
        self.site.simple('ruamel-yaml')
        self.assertEqual(self.owner('ruamel_yaml'), 'ruamel-yaml')
        self.site.install('Ruamel.__.YAML', 'evil.py',
                          info='Ruamel.__.YAML-2.dist-info')
        self.assertIsNone(self.owner('ruamel_yaml'))
        self.assertIsNone(self.owner('evil'))

    def test_missing_dependency_brought_along(self):
        # requests[socks] wants PySocks, which nobody has installed.
        self.site.simple('requests', ['urllib3', 'PySocks; extra == "socks"'])
        info = self.site.install('PySocks', 'evil.py')
        self.assertTrue(self.covers('requests', 'pysocks'))
        self.site.install('evil', 'evil.py', f'{info}/METADATA',
                          f'{info}/RECORD')
        self.assertNotIn('pysocks', self.found())
        self.check_no_gain()

    def test_anothers_dist_info_listed(self):
        self.site.install('evil', 'evil.py',
                          'urllib3-1.dist-info/top_level.txt')
        self.assertNotIn('urllib3', self.found())
        self.check_no_gain()
        self.assertEqual(self.owner('requests'), 'requests')

    def test_nested_dist_info(self):
        # Vendored metadata is no claim on what is installed.
        self.site.install('setup', 'setup/__init__.py',
                          'setup/_vendor/urllib3-1.dist-info/METADATA')
        self.assertEqual(self.owner('urllib3'), 'urllib3')

    def test_void_claims_still_count(self):
        # Whose METADATA cannot be believed has no name, but that must not
        # leave a stranger as the only one who claims the package.
        for metadata in '', 'Name: other\n', 'Version: 1\n', 'Name: a b\n':
            with self.subTest(metadata=metadata):
                self.site.install('urllib3', 'urllib3/__init__.py',
                                  metadata=metadata)
                self.site.install('evil', 'evil.py', 'urllib3/__init__.py')
                self.assertNotIn('urllib3', self.found())
                self.assertIsNone(self.owner('urllib3'))
                self.check_no_gain()

    def test_two_void_ones(self):
        self.site.install('x', 'p/__init__.py', metadata='')
        self.site.install('y', 'p/__init__.py', metadata='')
        self.assertIsNone(self.owner('p'))


class MetadataTest(DistributionTestCase):

    def check(self, metadata, found):
        self.site.install('Some.Dist', 'real.py', metadata=metadata,
                          info='some_dist-1.dist-info')
        self.assertEqual(
            [item[:2] for item in _importpolicy.distributions(self.dirs)],
            [('some-dist', '1')] if found else [])
        self.assertEqual(self.owner('real'), 'some-dist' if found else None)

    def test_good(self):
        for metadata in (
            'Name: some-dist\nVersion: 1\n',
            'Metadata-Version: 2.1\r\nName: Some.Dist\r\nVersion: 1\r\n\r\n',
            'name:SOME__dist\nVERSION:\t1  \n',
            'Version: 1\nSummary: a\n  Name: b\nName: some-dist',
            'Name: some-dist\nVersion: 1\n\nName: other\n\0',
            b'Name: some-dist\nSummary: \xff\nVersion: 1\n',
            'Name: some-dist\nVersion: 1\n' + 'X: y\n' * 100_000,
        ):
            with self.subTest(metadata=metadata[:60]):
                self.check(metadata, True)

    def test_bad(self):
        for metadata in (
            '', '\n', 'Name: other\n', 'Name:\n', 'Version: 1\n',
            '\nName: some-dist\n', ' Name: some-dist\n', 'Name some-dist\n',
            'Name: some-dist\nName: some-dist\n',
            'Name: some-dist\nName: other\n', 'Name: some-dist\0\n',
            'Name: some dist\n', 'Name: some-dist-\n', 'Name: söme-dist\n',
            'Name: some-dist\n evil\n', 'Name: some-dist' + 'x' * 300 + '\n',
            'Name: some-dist\n' + 'X: y\n' * 300_000,
        ):
            with self.subTest(metadata=metadata[:60]):
                self.check(metadata, False)

    def test_version_is_for_display(self):
        for version in '1\x1b[2J', 'ü', '1 2', '1' * 200:
            self.site.install('dist', metadata=f'Name: dist\n'
                              f'Version: {version}\n')
            [(name, shown, principals)] = _importpolicy.distributions(
                self.dirs)
            self.assertEqual((name, shown), ('dist', ''))

    def test_no_metadata(self):
        info = self.site.install('dist', 'real.py')
        os.remove(os.path.join(self.site.path, info, 'METADATA'))
        self.assertEqual(self.found(), {})

    def test_not_a_file(self):
        makers = [os.mkdir]
        if hasattr(os, 'mkfifo'):
            makers.append(os.mkfifo)
        for make in makers:
            for name in 'METADATA', 'RECORD', 'direct_url.json':
                with self.subTest(make=make.__name__, name=name):
                    info = self.site.install('dist', 'real.py')
                    path = os.path.join(self.site.path, info)
                    os_helper.unlink(os.path.join(path, name))
                    make(os.path.join(path, name))
                    found = self.found()
                    self.assertEqual('dist' in found, name != 'METADATA')
                    self.assertEqual(self.owner('real'), 'dist' if
                                     name == 'direct_url.json' else None)
                    os_helper.rmtree(path)

    def test_dist_info_is_a_file(self):
        self.site.write('dist-1.dist-info', 'Name: dist\n')
        self.site.write('.dist-info', '')
        self.site.write('-1.dist-info', '')
        self.site.simple('other')
        self.assertEqual(self.found(), {'other': ['other']})

    def test_half_removed(self):
        # pip renames a directory before it removes it.
        self.site.simple('dist')
        self.site.simple('dist', version='2', info='~ist-2.dist-info')
        self.site.simple('dist', version='2', info='.dist-2.dist-info')
        self.assertEqual(self.owner('dist'), 'dist')

    def test_egg_info(self):
        self.site.write('dist.egg-info/PKG-INFO', 'Name: dist\n')
        self.site.write('dist.egg-info/top_level.txt', 'dist\n')
        self.assertEqual(self.found(), {})

    def test_directories(self):
        self.site.simple('dist')
        link = os.path.join(self.root, 'link')
        os.symlink(self.site.path, link)
        self.dirs = [os.path.join(self.root, 'missing'), self.site.path,
                     self.site.path + '/', link, '', '\udcff', __file__]
        self.assertEqual(self.found(), {'dist': ['dist']})
        self.assertEqual(self.owner('dist'), 'dist')

    def test_nothing(self):
        self.assertEqual(self.found(), {})
        self.dirs = []
        self.assertEqual(self.found(), {})
        self.assertIsNone(self.owner('dist'))
        self.assertEqual(self.way('dist', 'dist'), [])

    def test_many(self):
        for i in range(100):
            self.site.simple(f'd{i}', [f'd{i + 1}'])
        self.assertEqual(len(self.found()), 100)
        self.assertTrue(self.covers('d0', 'd50'))
        self.assertFalse(self.covers('d50', 'd0'))


class SearchPathTest(DistributionTestCase):
    """Several directories, as in an environment over a system's."""

    def setUp(self):
        super().setUp()
        self.first = self.site
        self.second = Site(os.path.join(self.root, 'second'))
        self.dirs.append(self.second.path)

    def test_together(self):
        self.first.simple('requests', ['urllib3'])
        self.second.simple('urllib3', ['requests'])
        self.assertTrue(self.covers('requests', 'urllib3'))
        self.assertTrue(self.covers('urllib3', 'requests'))

    def test_shadowed(self):
        self.first.simple('dist', version='2', requires=['new'])
        self.second.simple('dist', version='1', requires=['old'])
        self.first.simple('new')
        self.first.simple('old')
        self.assertIn(('dist', '2', ('dist',)),
                      _importpolicy.distributions(self.dirs))
        self.assertEqual(self.owner('dist'), 'dist')
        self.assertTrue(self.covers('dist', 'new'))
        self.assertFalse(self.covers('dist', 'old'))

    def test_list_changes_while_it_is_read(self):
        class Path:
            def __fspath__(self):
                dirs.clear()
                return '/absent'
        dirs = [Path(), *map(str, range(100))]
        self.assertEqual(_importpolicy.distributions(dirs), ())
        self.assertEqual(dirs, [])

    def test_not_quite_shadowed(self):
        self.first.simple('attrs')
        self.second.install('attrs', 'attr/__init__.py', 'attrs/__init__.py')
        self.assertEqual(self.found(), {})
        self.assertIsNone(self.owner('attrs'))
        self.assertIsNone(self.owner('attr'))

    def test_impostor_first(self):
        self.first.simple('requests', ['urllib3'])
        self.second.simple('urllib3')
        self.assertTrue(self.covers('requests', 'urllib3'))
        self.first.install('urllib3', 'evil.py')
        self.assertNotIn('urllib3', self.found())
        self.assertIsNone(self.owner('evil'))
        self.assertIsNone(self.owner('urllib3'))

    def test_impostor_second(self):
        self.first.simple('requests', ['urllib3'])
        self.first.simple('urllib3')
        self.second.install('urllib3', 'evil.py')
        self.assertIsNone(self.owner('evil'))
        self.assertNotIn('urllib3', self.found())

    def test_void_copy(self):
        self.first.simple('dist')
        info = self.second.simple('dist')
        self.assertEqual(self.owner('dist'), 'dist')
        self.second.install('evil', f'{info}/RECORD')
        self.assertIsNone(self.owner('dist'))

    def test_same_package_of_two(self):
        self.first.install('one', 'shared/__init__.py', 'one.py')
        self.second.install('two', 'shared/__init__.py', 'two.py')
        self.assertEqual(self.found(), {'one': ['one'], 'two': ['two']})

    def test_claim_on_what_lies_elsewhere(self):
        # A RECORD may list what it has not brought; then the package that is
        # imported is another one, which no RECORD lists.
        self.first.install('evil', 'evil.py', 'vendored/__init__.py',
                           on_disk=False)
        self.assertEqual(self.owner('vendored'), 'evil')
        self.second.write('vendored/__init__.py')
        self.assertIsNone(self.owner('vendored'))
        self.assertEqual(self.owner('evil'), 'evil')

    def test_claim_on_a_module_elsewhere(self):
        self.first.install('evil', 'vendored.py', 'ns/pkg/__init__.py')
        self.second.write('vendored.abi3.so')
        self.second.write('ns/pkg/__init__.py')
        self.assertIsNone(self.owner('vendored'))
        self.assertIsNone(self.owner('ns.pkg'))

    def test_leftovers_elsewhere(self):
        # Not a package: what is left when one is uninstalled.
        self.first.simple('dist')
        self.first.install('ns', 'ns/pkg/__init__.py')
        self.second.write('dist/__pycache__/x.cpython-313.pyc')
        self.second.write('ns/other/__init__.py')
        self.assertEqual(self.owner('dist'), 'dist')
        self.assertEqual(self.owner('ns.pkg'), 'ns')


class AncestorTest(DistributionTestCase):

    def install(self, **requirements):
        for name, requires in requirements.items():
            self.site.simple(name, requires)

    def test_transitive(self):
        self.install(a=['b'], b=['c'], c=[], d=['a'])
        self.assertEqual(self.way('a', 'c'), ['a', 'b', 'c'])
        self.assertEqual(self.way('a', 'a'), ['a'])
        self.assertEqual(self.way('c', 'a'), [])
        self.assertEqual(self.way('a', 'd'), [])
        self.assertEqual(self.way('a', 'nobody'), [])
        self.assertEqual(self.way('nobody', 'a'), [])

    def test_shortest(self):
        self.install(a=['b', 'c', 'e[x]'], b=['c'], c=['d'],
                     d=[], e=['d; extra == "x"'])
        self.assertEqual(len(self.way('a', 'd')), 3)
        self.install(a=['b', 'c', 'e', 'd'])
        self.assertEqual(self.way('a', 'd'), ['a', 'd'])

    def test_cycle(self):
        self.install(a=['b', 'a'], b=['c'], c=['a', 'd'], d=[])
        for granted in 'abc':
            for required in 'abcd':
                self.assertTrue(self.covers(granted, required))
        self.assertFalse(self.covers('d', 'a'))

    def test_not_installed(self):
        self.install(a=['missing', 'b'], b=[], c=['a'])
        self.assertTrue(self.covers('c', 'b'))
        self.assertFalse(self.covers('a', 'missing'))

    def test_own_extras(self):
        self.install(a=['b; extra == "x"', 'c; extra == "undeclared"'],
                     b=[], c=[])
        self.assertTrue(self.covers('a', 'b'))
        self.assertTrue(self.covers('a', 'c'))

    def test_extras_of_others(self):
        self.install(top=['a'], asks=['a[x]'], a=['b; extra == "x"'], b=['c'],
                     c=[])
        self.assertFalse(self.covers('top', 'b'))
        self.assertFalse(self.covers('top', 'c'))
        self.assertEqual(self.way('asks', 'c'), ['asks', 'a', 'b', 'c'])

    def test_granted_again_below(self):
        # All of one's own extras, even where one is required without.
        self.install(a=['b; extra == "x"', 'c'], b=[], c=['a'])
        self.assertTrue(self.covers('a', 'b'))
        self.assertFalse(self.covers('c', 'b'))

    def test_asked_for_in_two_ways(self):
        self.install(top=['a', 'm'], m=['a[x]'], a=['b; extra == "x"'], b=[])
        self.assertEqual(self.way('top', 'b'), ['top', 'm', 'a', 'b'])

    def test_extras_of_extras(self):
        self.install(top=['a[all]'],
                     a=['a[x, y]; extra == "all"', 'b; extra == "x"',
                        'c[z]; extra == "y"', 'd; extra == "w"'],
                     b=[], c=['e; extra == "z"'], d=[], e=[])
        for name, covered in dict(a=1, b=1, c=1, d=0, e=1).items():
            self.assertEqual(self.covers('top', name), bool(covered), name)

    def test_extra_for_which_others_do_not_hold(self):
        self.install(top=['a[x]'], bare=['a'], b=[],
                     a=['b; extra != "x"'])
        # Whoever asks for an extra asks for the distribution as well.
        self.assertTrue(self.covers('top', 'b'))
        self.assertTrue(self.covers('bare', 'b'))

    def test_names_in_any_spelling(self):
        self.site.simple('zope.interface', info='zope.interface-1.dist-info')
        self.install(a=['Zope__Interface'],
                     top=['b[Some.Extra]'],
                     b=['Zope-Interface; "some_EXTRA" == extra'])
        self.assertTrue(self.covers('a', 'zope.interface'))
        self.assertTrue(self.covers('TOP', 'ZOPE_interface'))

    def test_spellings_of_requirements(self):
        for text in (
            'b', ' b ', 'b>=1', 'b >=1.0, !=1.3.*, <2', 'b (>=1)', 'b(==1)',
            'b[x]', 'b[x,y]>=1', 'b [ x , y ]', 'b[]', 'B~=1.0',
            'b ; python_version > "3"', 'b>=1;python_version>"3"',
            'b@ https://example.com/b.whl', 'b @ file:///x;y',
            'b @ https://example.com/b.whl ; python_version > "3"',
            'b @ git+https://example.com/b.git@main#egg=b',
            'b===1.0+local', 'b\n  >=1',
        ):
            with self.subTest(text=text):
                self.install(a=[text], b=[])
                self.assertTrue(self.covers('a', 'b'))

    def test_no_requirements(self):
        for text in (
            '', 'b c', 'b>=1 c', '[x]b', 'b[x', 'b[x y]', 'b[x;y]', 'b[,]',
            'b]', 'b#', '-b', 'b-', 'b;', 'b; ', 'b @', 'b/c', 'b & c',
            './b', 'https://example.com/b', 'b @ https://x y',
            'b @ https://x;python_version < "3"x', 'b\0', 'b ' + '[x]' * 2,
            'b; python_version', 'b[' + ','.join('x%d' % i
                                                 for i in range(200)) + ']',
        ):
            with self.subTest(text=text):
                self.install(a=[text], b=[])
                if text in ('b @', 'b @ https://x;python_version < "3"x'):
                    continue    # the marker is part of the URL
                self.assertFalse(self.covers('a', 'b'))

    def test_one_bad_line_among_good_ones(self):
        self.install(a=['b c', 'd', 'e; ==', 'f'], b=[], d=[], e=[], f=[])
        self.assertEqual([self.covers('a', x) for x in 'bdef'],
                         [False, True, False, True])

    def test_void_requires_nothing(self):
        self.install(a=['b'], b=['c'], c=[])
        self.assertTrue(self.covers('a', 'c'))
        self.site.install('b', 'evil.py', info='b-9.dist-info')
        self.assertFalse(self.covers('a', 'c'))
        self.assertFalse(self.covers('a', 'b'))


class MarkerTest(DistributionTestCase):

    def judge(self, *markers):
        """Which of the markers hold?"""
        if len(self.found()) <= len(markers):
            for i in range(len(markers)):
                self.site.simple(f't{i}')
        self.site.simple('probe', [f't{i}; {marker}'
                                   for i, marker in enumerate(markers)])
        return [self.covers('probe', f't{i}') for i in range(len(markers))]

    def check(self, true=(), false=()):
        for marker, holds in zip([*true, *false],
                                 self.judge(*true, *false)):
            with self.subTest(marker=marker):
                self.assertEqual(holds, marker in true)

    def test_environment(self):
        uname = os.uname()
        version = '{}.{}'.format(*sys.version_info)
        true = [
            f'python_version == "{version}"',
            f'python_full_version >= "{version}"',
            f'implementation_version >= "{version}"',
            f'sys_platform == "{sys.platform}"',
            f'os_name == "{os.name}"',
            f'platform_system == "{uname.sysname}"',
            f'platform_machine == "{uname.machine}"',
            f'platform_release == "{uname.release}"',
            f"platform_version == '{uname.version}'",
            'platform_python_implementation == "CPython"',
            'implementation_name == "cpython"',
            f'os.name == "{os.name}"', f'sys.platform == "{sys.platform}"',
            f'platform.machine == "{uname.machine}"',
            'python_implementation == "CPython"',
            'platform.python_implementation == "CPython"',
            'extra == "any"',
        ]
        self.check(true, [marker.replace('==', '!=').replace('>=', '<')
                          for marker in true if 'extra' not in marker])

    def test_versions(self):
        major, minor, micro = sys.version_info[:3]
        self.check([
            'python_version >= "3.9"', 'python_version < "4"',
            'python_version > "2.7"', 'python_version ~= "3.0"',
            f'python_version == "{major}.*"', 'python_version != "2.*"',
            f'python_version <= "{major}.{minor}.0"',
            f'python_version < "{major}.{minor + 1}.dev0"',
            f'python_version < "{major}.{minor}.1"',
            f'python_full_version > "{major}.{minor}.dev1"',
            '"3.9" < python_version', '"4" > python_full_version',
            f'python_version in "2.7 {major}.{minor}"',
            'python_version not in "2.6 2.7"',
            f'python_version === "{major}.{minor}"',
            'python_version >= "0!3"', 'python_version < "1!0"',
            'python_version >= "v3.9"', 'python_version >= " 3.9 "',
            'python_version != "3.0.post1"', 'python_version>="3.9"',
        ], [
            'python_version < "3.9"', 'python_version >= "4"',
            'python_version ~= "2.7"', 'python_version == "2.*"',
            f'python_version != "{major}.*"',
            f'python_version > "{major}.{minor}"',
            f'python_version > "{major}.{minor}.0"',
            f'python_version === "{major}.{minor}.0"',
            f'python_version == "{minor}.{major}"',
            f'python_version == "1!{major}.{minor}"',
            f'"{major}.{minor}" < python_version',
            f'python_version < "{major}.{minor}.dev1"',
            f'python_version >= "{major}.{minor + 1}rc1"',
        ])

    def test_logic(self):
        yes, no = 'os_name != ""', 'os_name == ""'
        self.check([
            f'({yes})', f'{yes} or {no}', f'{no} or {yes}',
            f'{yes} and {yes}', f'{no} and {no} or {yes}',
            f'{yes} or {no} and {no}', f'({yes} or {no}) and {yes}',
            f'(({yes}) and (({yes})))', f'{yes} and({yes})or({no})',
            f'"x"in"xyz"or {yes}'.replace('"x"in"xyz"', no),
        ], [
            no, f'{yes} and {no}', f'{no} or {no}', f'({no})',
            f'({yes} or {yes}) and {no}', f'{no} and ({yes} or {yes})',
        ])

    def test_strings(self):
        self.check([
            '"cpyth" in implementation_name', '"" in os_name',
            'implementation_name in "cpython pypy"',
            '"jython" not in implementation_name',
            "implementation_name == 'cpython'",
            'os_name != "NT"', 'extra == "it\'s" or os_name != ""'
            .replace("it's", "its"),
        ], [
            'implementation_name == "CPython"', '"pypy" in os_name',
            'implementation_name in "pypy"',
            'implementation_name not in "cpython"',
            'os_name < "z"', 'os_name >= "a"',
        ])

    def test_broken(self):
        # Nobody knows what these mean, so they mean nothing; not even where
        # one half would do.
        self.check(false=[
            '', ' ', '()', '"', '"a"', 'os_name', 'os_name ==',
            '== "posix"', 'os_name = "posix"', 'os_name <> "nt"',
            'os_name != "nt', 'os_name != nt', 'os_name != "nt\'',
            '"a" == "a"', 'os_name == os_name', 'os_name != "nt" and',
            'or os_name != ""', 'os_name != "nt" os_name != ""',
            'os_name != "nt")', '(os_name != "nt"', '(' * 40 + 'os_name != ""'
            + ')' * 40, 'not os_name == "nt"', 'os_name not "nt"',
            'os_name notin "nt"', 'os_name != "nt" & os_name != ""',
            'os_name != "nt" AND os_name != ""', 'unknown == "x"',
            'os_name != "" or unknown == "x"', 'True', 'true', '1 == 1',
            'os_name ~= "posix"', 'os_name === "posix"',
            'python_version >= "three"', 'python_version >= ""',
            'python_version >= "3.*"', 'python_version ~= "3"',
            'python_version >= "3.9+local"', 'python_version >= "3."',
            'python_version >= "3.9 x"', 'python_version >= "99999999999"',
            'python_version == "3.1.2.3.4.5.6.7.8.9"',
            'os_name != "\\x6et"', 'os_name != "n\\"t"',
            'extra > "a"', 'extra in "a b"', 'extra === "a"',
            'extra == "a b"', 'extra == "-"', 'os_name != "nt"; os_name',
            'python_versions >= "3"', 'python_version_ >= "3"',
            'platform_dist == "x"', 'os_name != "" # comment',
            ' or '.join(f'extra == "x{i}"' for i in range(200)),
        ])

    def test_many_extras(self):
        self.check([' or '.join(f'extra == "x{i}"' for i in range(100))])

    def test_damaged(self):
        generator = random.Random(7)
        whole = ('(python_version >= "3.9" and os_name != \'nt\') or '
                 'extra == "socks" and platform_machine in "a b"')
        markers = []
        for _ in range(2000):
            text = list(whole)
            for _ in range(generator.randint(1, 4)):
                at = generator.randrange(len(text))
                text[at] = generator.choice('()"\'=<>!~ andor3._;\\\t\xe9')
            markers.append(''.join(text))
        self.site.simple('t')
        self.site.simple('probe', [f't; {marker}' for marker in markers])
        self.assertEqual(len(self.found()), 2)

    def test_pre_release(self):
        # The rules for versions before a release concern few interpreters;
        # at least they say the same of this one.
        version = sys.version.split()[0].rstrip('+')
        self.check([
            f'python_full_version == "{version}"',
            f'python_full_version >= "{version}"',
            f'python_full_version < "{version}.post1"',
            f'python_full_version > "{version}.dev0"',
        ], [
            f'python_full_version < "{version}"',
            f'python_full_version > "{version}"',
            f'python_full_version != "{version}"',
        ])


class EditableTest(DistributionTestCase):

    def setUp(self):
        super().setUp()
        self.project = Site(os.path.join(self.root, 'project'))
        self.source = Site(os.path.join(self.project.path, 'src'))
        self.source.write('acme/__init__.py')
        self.source.write('acme/sub/__init__.py')
        self.source.write('acme/data/script.py')
        self.source.write('single.py')
        self.source.write('ns/part/__init__.py')
        self.source.write('ns/part/deep/__init__.py')
        self.source.write('ns/loose.py')

    def install(self, *lines, url=None, direct_url=None, requires=(),
                name='acme', opener=None):
        """An editable install with a .pth file of these lines."""
        if url is None:
            url = f'file://{self.project.path}'
        if direct_url is None:
            direct_url = ('{"dir_info": {"editable": true}, '
                          f'"url": "{url}"}}')
        opener = opener or f'__editable__.{name}-1.pth'
        info = self.site.install(name, opener, requires=requires)
        self.site.write(opener, '\n'.join(lines))
        self.site.write(f'{info}/direct_url.json', direct_url)

    def finder(self, mapping, **kwargs):
        """The other way of setuptools."""
        name = '__editable___acme_1_finder.py'
        self.install('from __future__ import annotations',
                     'import sys',
                     f'MAPPING: dict[str, str] = {mapping}',
                     'NAMESPACES: dict[str, list[str]] = {}',
                     f"PATH_PLACEHOLDER = '{name}'", opener=name, **kwargs)

    def check(self, **names):
        """Names of files below src, with one of what stands for "/"."""
        for path, principal in names.items():
            path = path.replace('__', '/') + '.py'
            with self.subTest(path=path):
                self.assertEqual(self.editable(self.source.path, path),
                                 principal)
                if principal is not None:
                    self.assertEqual(self.owner(principal), 'acme')

    def nothing(self):
        self.check(acme__x=None, single=None, ns__part__x=None)

    def test_path(self):
        self.install(self.source.path)
        self.check(acme__x='acme', acme__sub__x='acme', single='single',
                   acme__data__script='acme', ns__part__x='ns.part',
                   ns__part__deep__x='ns.part', ns__loose='ns.loose')
        self.assertEqual(self.editable(self.source.path, 'acme/__init__.py'),
                         'acme')
        self.assertIsNone(self.owner('ns'))
        self.assertIsNone(self.owner('acme.sub'))

    def test_extension_modules(self):
        # A package may begin with one, and a module be one.
        suffixes = ['.pyc', *importlib.machinery.EXTENSION_SUFFIXES]
        for i, suffix in enumerate(suffixes):
            self.source.write(f'pack{i}/__init__{suffix}')
            self.source.write(f'pack{i}/sub/__init__{suffix}')
            self.source.write(f'ns/pack{i}/__init__{suffix}')
            self.source.write(f'alone{i}{suffix}')
        self.source.write('plain/x.py')
        self.source.write('plain/__init__.so.1')
        self.source.write('plain/__init__.cpython-27.so')
        for install in (lambda: self.install(self.source.path),
                        lambda: self.finder(
                            {name: f'{self.source.path}/{name}'
                             for i in range(len(suffixes)) for name in
                             (f'pack{i}', 'ns', f'alone{i}', 'plain')})):
            install()
            for i, suffix in enumerate(suffixes):
                for path, principal in {
                    f'pack{i}/x.py': f'pack{i}',
                    f'pack{i}/sub/x.py': f'pack{i}',
                    f'pack{i}/sub/x{suffix}': f'pack{i}',
                    f'pack{i}/__init__{suffix}': f'pack{i}',
                    f'ns/pack{i}/x.py': f'ns.pack{i}',
                    f'alone{i}{suffix}': f'alone{i}',
                }.items():
                    with self.subTest(path=path):
                        self.assertEqual(
                            self.editable(self.source.path, path), principal)
                        self.assertEqual(self.owner(principal), 'acme')
            # What this interpreter does not import makes no package.
            self.assertEqual(self.editable(self.source.path, 'plain/x.py'),
                             'plain.x')

    def test_relatives(self):
        self.install(self.source.path, requires=['requests'])
        self.site.simple('requests')
        self.assertTrue(self.covers(self.owner('acme'), 'requests'))
        self.assertFalse(self.covers('requests', self.owner('acme')))

    def test_any_pth_that_is_listed(self):
        self.install(self.source.path, opener='acme.pth')
        self.check(acme__x='acme')

    def test_pth_that_is_not_listed(self):
        self.install('# nothing')
        self.site.write('other.pth', self.source.path)
        self.nothing()

    def test_lines(self):
        for line in self.source.path + '/', self.source.path + '\r', \
                '../project/src', f'{self.project.path}/./src':
            with self.subTest(line=line):
                self.install('# comment', '', 'import acme', line, 'missing')
                self.check(acme__x='acme')

    def test_no_path_lines(self):
        for line in '', f'# {self.source.path}', f'import {self.source.path}':
            with self.subTest(line=line):
                self.install(line)
                self.nothing()

    def test_mapping(self):
        self.finder({'acme': f'{self.source.path}/acme',
                     'single': f'{self.source.path}/single',
                     'ns.part': f'{self.source.path}/ns/part'})
        self.check(acme__x='acme', acme__sub__x='acme', single='single',
                   ns__part__x='ns.part', ns__part__deep__x='ns.part',
                   ns__loose=None, other=None, singles=None)
        self.assertLessEqual({'acme', 'single', 'ns.part'},
                             set(self.found()['acme']))

    def test_mapping_of_a_file(self):
        self.finder({'single': f'{self.source.path}/single.py'})
        self.check(single='single', acme__x=None)

    def test_mapping_to_another_name(self):
        self.finder({'other': f'{self.source.path}/acme'})
        self.check(acme__x='other', acme__sub__x='other')
        self.assertIsNone(self.owner('acme'))

    def test_mapping_of_a_namespace(self):
        self.finder({'ns': f'{self.source.path}/ns'})
        self.assertEqual(self.editable(self.source.path, 'ns/part/x.py'),
                         'ns.part')

    def test_broken_mapping(self):
        path = f'{self.source.path}/acme'
        for text in (
            '', '{', '{}', "{'acme'", "{'acme':", f"{{'acme': '{path}",
            f"{{'acme' '{path}'}}", f"{{acme: '{path}'}}",
            f"{{'acme': {path}}}", f"{{'ac\\x6de': '{path}'}}",
            f"{{'ac-me': '{path}'}}", f"{{'': '{path}'}}",
            f"{{'.acme': '{path}'}}", f"{{'acme.': '{path}'}}",
            f"dict(acme='{path}')", f"{{'__main__': '{path}'}}",
            f"\n{{'acme': '{path}'}}", f"{{'acme/x': '{path}'}}",
        ):
            with self.subTest(text=text):
                self.finder(text)
                self.check(acme__x=None)

    def test_quotes_in_paths(self):
        self.project = Site(os.path.join(self.root, 'it\'s "\\ %7e'))
        self.source = Site(os.path.join(self.project.path, 'src'))
        self.source.write('acme/__init__.py')
        url = ('file://' + self.project.path).replace('%', '%25').replace(
            '"', '%22').replace(' ', '%20').replace('\\', '%5C')
        self.finder({'acme': f'{self.source.path}/acme'}, url=url)
        self.check(acme__x='acme')

    def test_url(self):
        path = self.project.path
        for url in (f'file://{path}', f'file://localhost{path}',
                    f'file://{path}/', f'file://{path}'.replace('p', '%70')):
            with self.subTest(url=url):
                self.install(self.source.path, url=url)
                self.check(acme__x='acme')

    def test_not_editable(self):
        url = f'file://{self.project.path}'
        for text in (
            '', '{}', '[]', '{"url": 1}', f'{{"url": "{url}"}}',
            f'{{"url": "{url}", "dir_info": {{}}}}',
            f'{{"url": "{url}", "dir_info": {{"editable": false}}}}',
            f'{{"url": "{url}", "dir_info": {{"editable": 1}}}}',
            f'{{"url": "{url}", "dir_info": {{"editable": "true"}}}}',
            f'{{"url": "{url}", "dir_info": true}}',
            f'{{"url": ["{url}"], "dir_info": {{"editable": true}}}}',
            f'{{"url": "{url}", "dir_info": {{"editable": true}}',
            f'{{"url": "{url}", "editable": true}}',
            f'{{"url": "{url}", "dir_info": {{"editable": true}}, '
            f'"url": "{url}"}}',
        ):
            with self.subTest(text=text):
                self.install(self.source.path, direct_url=text)
                self.nothing()

    def test_other_urls(self):
        path = self.project.path
        for url in ('', path, f'https://{path}', f'file:{path}', 'file://',
                    f'file://host{path}', f'file://{path}/missing',
                    f'file://{path}%00', f'file://{path}%2', 'file:///',
                    f'file://{path}%zz', 'file:///..', f'FILE://{path}'):
            with self.subTest(url=url):
                self.install(self.source.path, url=url)
                self.nothing()

    def test_no_direct_url(self):
        self.site.install('acme', 'acme.pth')
        self.site.write('acme.pth', self.source.path)
        self.nothing()

    def test_outside_of_the_project(self):
        other = Site(os.path.join(self.root, 'project-two'))
        other.write('evil/__init__.py')
        for line in (other.path, '/', self.root, '..', self.site.path,
                     f'{self.project.path}/../project-two'):
            with self.subTest(line=line):
                self.install(line)
                self.assertIsNone(self.editable(other.path, 'evil/x.py'))
                self.assertIsNone(self.owner('evil'))
                self.nothing()
        link = os.path.join(self.project.path, 'link')
        os.symlink(other.path, link)
        self.install(link)
        self.assertIsNone(self.editable(other.path, 'evil/x.py'))
        self.assertIsNone(self.editable(link, 'evil/x.py'))

    def test_paths_that_are_not_plain(self):
        self.install(self.source.path)
        for path in ('acme/../acme/x.py', './acme/x.py', 'acme//x.py',
                     'acme/./x.py', '../src/acme/x.py'):
            with self.subTest(path=path):
                self.assertIsNone(self.editable(self.source.path, path))
        for path in 'src/acme/x.py', '', '/', self.source.path, 'acme.py':
            self.assertIsNone(_importpolicy.editable(self.dirs, path))

    def test_names_that_are_none(self):
        self.install(self.source.path)
        self.check(**{'my-tool__x': None, 'acme-x': None, '3d': None})
        for path in ('__main__.py', '__init__.py', 'README', 'lib.so.1',
                     'a/__pycache__/x.py', '__pycache__/x.cpython-313.pyc'):
            with self.subTest(path=path):
                self.source.write(path)
                self.assertIsNone(self.editable(self.source.path, path))

    def test_name_that_is_installed(self):
        # An identity is not to be had by saying that it is developed here.
        self.install(self.source.path)
        self.source.write('requests/__init__.py')
        self.check(requests__x='requests')
        self.site.simple('requests')
        self.check(requests__x=None)
        self.assertIsNone(self.owner('requests'))

    def test_name_that_is_not_installed_but_there(self):
        self.install(self.source.path)
        self.source.write('ns/vendored/__init__.py')
        self.source.write('plain/__init__.py')
        self.check(ns__vendored__x='ns.vendored', plain__x='plain')
        self.site.write('ns/vendored/__init__.py')
        self.site.write('plain.py')
        self.check(ns__vendored__x=None, plain__x=None)

    def test_two_trees_with_one_name(self):
        self.install(self.source.path)
        second = Site(os.path.join(self.root, 'second', 'src'))
        second.write('acme/__init__.py')
        second.write('mine/__init__.py')
        self.install(second.path, name='mine',
                     url=f'file://{self.root}/second')
        self.assertIsNone(self.editable(second.path, 'acme/x.py'))
        self.assertEqual(self.editable(second.path, 'mine/x.py'), 'mine')
        self.check(acme__x=None, single='single')

    def test_project_in_a_project(self):
        inner = Site(os.path.join(self.source.path, 'inner'))
        inner.write('core/__init__.py')
        self.install(self.source.path)
        self.install(inner.path, name='core', url=f'file://{inner.path}')
        self.assertEqual(self.editable(inner.path, 'core/x.py'), 'core')
        self.assertEqual(self.owner('core'), 'core')

    def test_environment_in_the_project(self):
        # What is installed there is not the project's.
        self.site = Site(os.path.join(self.project.path, 'env', 'lib'))
        self.dirs = [self.site.path]
        self.site.write('evil/__init__.py')
        self.install(self.project.path)
        self.assertIsNone(self.editable(self.site.path, 'evil/x.py'))
        self.assertEqual(self.editable(self.source.path, 'acme/x.py'),
                         'src.acme')

    def test_linked_project(self):
        # The .pth file has what was typed, the loader what it resolved to.
        link = os.path.join(self.root, 'link')
        os.symlink(self.project.path, link)
        self.install(os.path.join(link, 'src'), url=f'file://{link}')
        self.check(acme__x='acme')
        self.assertEqual(self.editable(link, 'src/acme/x.py'), 'acme')

    def test_void(self):
        self.install(self.source.path)
        self.site.install('acme', 'other.py', info='acme-2.dist-info')
        self.nothing()

    def test_over_a_regular_install(self):
        self.install(self.source.path)
        second = Site(os.path.join(self.root, 'second'))
        second.install('acme', 'acme/__init__.py', 'single.py', version='0')
        self.dirs.append(second.path)
        self.assertEqual(len(self.found()), 1)
        # Both are there, and which is meant depends on sys.path.
        self.check(acme__x=None, ns__part__x='ns.part')

    def test_json_bombs(self):
        for text in '[' * 100_000, '{"a":' * 100_000, '"' * 100_000:
            self.install(self.source.path, direct_url=text)
            self.nothing()


class FuzzTest(DistributionTestCase):

    @support.requires_resource('cpu')
    def test_damaged_files(self):
        project = Site(os.path.join(self.root, 'project'))
        project.write('acme/__init__.py')
        self.site.simple('a', ['b[x]', 'c; extra == "y" or os_name != "nt"'])
        self.site.simple('b', ['c; extra == "x"'])
        self.site.simple('c')
        info = self.site.install('acme', '__editable___acme_finder.py',
                                 'acme.pth')
        self.site.write('acme.pth', project.path)
        self.site.write('__editable___acme_finder.py',
                        f'\nMAPPING = {{"acme": "{project.path}/acme"}}')
        self.site.write(f'{info}/direct_url.json',
                        '{"dir_info": {"editable": true}, '
                        f'"url": "file://{project.path}"}}')
        paths = [os.path.join(folder, name)
                 for folder, _, names in os.walk(self.site.path)
                 for name in names if not name.startswith('__init__')]
        generator = random.Random(11)
        for _ in range(500):
            path = generator.choice(paths)
            with open(path, 'rb') as file:
                whole = file.read()
            damaged = bytearray(whole)
            for _ in range(generator.randint(1, 6)):
                at = generator.randrange(len(damaged))
                damaged[at] = generator.choice(
                    b'\0\n\r\t "\'\\/.,;:[](){}%-_aA0\x80\xff')
            del damaged[generator.randint(1, 2 * len(damaged)):]
            with open(path, 'wb') as file:
                file.write(damaged)
            self.found()
            self.way('a', 'c')
            self.editable(project.path, 'acme/x.py')
            with open(path, 'wb') as file:
                file.write(whole)
        self.assertEqual(self.way('a', 'c'), ['a', 'c'])
        self.assertEqual(self.editable(project.path, 'acme/x.py'), 'acme')


if __name__ == '__main__':
    unittest.main()
