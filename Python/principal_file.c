/* Whose code is in this file?

   Answered from the file's place alone; what its directory says is told by
   principal_directory.c.  A module that is no part of a package is called by
   its own name.

   What lies elsewhere cannot borrow a name: an editable install is asked
   for (its own installed metadata says where its source is), and whatever
   remains is called by its path.  So a directory named site-packages that
   somebody made last minute gives no identity. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_principal_directory.h"

#include <limits.h>               // PATH_MAX
#include <string.h>
#include <sys/stat.h>

typedef _PyPrincipalRootDir root_entry;
typedef _PyPrincipalPlace dir_entry;

static struct {
    PyMutex mutex;
    _PyDistributions *map;        /* read when first asked for */
} snapshot;

/* The module's name in a file name: everything before the first dot.  `a.py`,
   `a.cpython-313-x86_64-linux-gnu.so` and `a.abi3.so` are all `a`. */
static size_t
stem_length(const char *file)
{
    return strcspn(file, ".");
}

/* A module file that is no part of a package. */
static uint32_t
single_module(const dir_entry *d, const char *file)
{
    char path[PATH_MAX];
    size_t stem = stem_length(file);
    size_t from = d->root != NULL ? d->prefix : 0;
    if (!_PyPrincipalPlace_IsModuleSuffix(file + stem)) {
        stem = strlen(file);
        from = 0;
    }
    int n = snprintf(path, sizeof(path), "%s/%.*s", d->dir, (int)stem, file);
    if (n <= 0 || (size_t)n >= sizeof(path)) {
        return _PyPrincipal_UNKNOWN;
    }
    if (from > 0 && path[from] == '/') {
        from++;         /* the directory is the root itself */
    }
    return _PyPrincipalPlace_Named(path, from, (size_t)n);
}

static char *
canonical_name(const dir_entry *d, const char *file)
{
    size_t stem = stem_length(file);
    bool init = stem == 8 && memcmp(file, "__init__", 8) == 0;
    const char *below = d->dir + d->prefix;
    size_t n = strlen(below);
    char *name = PyMem_RawMalloc(n + 1 + stem + 1);
    if (name == NULL) {
        return NULL;
    }
    if (d->root != NULL && strstr(below, "lib-dynload") == below) {
        n = 0;      /* extension modules of the standard library */
    }
    memcpy(name, below, n);
    if (!init) {
        if (n > 0) {
            name[n++] = '/';
        }
        memcpy(name + n, file, stem);
        n += stem;
    }
    name[n] = '\0';
    _PyPrincipalPlace_Dots(name);
    return name;
}

/* In an editable install's source?  Its name, PATH_MAX bytes. */
static bool
is_editable(const dir_entry *d, const char *file, char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s", d->dir, file);
    const _PyDistributions *installed = n > 0 && (size_t)n < sizeof(path)
        ? _PyPrincipal_Distributions() : NULL;
    return installed != NULL
           && _PyDistributions_Editable(installed, path, name, PATH_MAX);
}

/* An editable install's source, or called by its path. */
static uint32_t
elsewhere(const dir_entry *d, const char *file)
{
    char name[PATH_MAX];
    if (is_editable(d, file, name)) {
        return _PyPrincipal_Named(name);
    }
    return d->is_package ? d->set : single_module(d, file);
}

bool
_PyPrincipal_IsPlaced(const char *path, const struct stat *at)
{
    char name[PATH_MAX];
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    return d != NULL && (d->root != NULL || is_editable(d, file, name));
}

uint32_t
_PyPrincipal_OfFile(const char *path, const struct stat *at,
                    char **canonical)
{
    if (canonical != NULL) {
        *canonical = NULL;
    }
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    if (d == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    if (canonical != NULL) {
        *canonical = canonical_name(d, file);
        if (*canonical == NULL) {
            return _PyPrincipal_UNKNOWN;
        }
    }
    if (d->root == NULL) {
        return elsewhere(d, file);
    }
    return d->is_package ? d->set : single_module(d, file);
}

uint32_t
_PyPrincipal_OfPth(const char *path, const struct stat *at)
{
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    if (d == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    size_t n = strlen(file);
    if (d->root != NULL && d->root->kind == _PyPrincipal_ROOT_DEPENDENCIES
        && strlen(d->dir) == d->root->len
        && n > 4 && strcmp(file + n - 4, ".pth") == 0)
    {
        return _PyPrincipal_Named(file);
    }
    return _PyPrincipal_Named(path);
}

/* Only an archive that is itself an entry of the path, or lies directly in
   a root of dependencies, names what is inside; one that a package carries
   along is that package's. */
uint32_t
_PyPrincipal_OfArchive(const char *archive, const struct stat *at,
                       const char *member)
{
    char name[PATH_MAX];
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(archive, at, &file);
    if (d == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    int n = snprintf(name, sizeof(name), "%s/%s", d->dir, file);
    if (n <= 0 || (size_t)n >= sizeof(name)) {
        return _PyPrincipal_UNKNOWN;
    }
    const root_entry *root = _PyPrincipalPlace_Root(name);
    if (root != NULL && root->kind == _PyPrincipal_ROOT_STDLIB) {
        return _PyPrincipal_STDLIB;
    }
    if (root != NULL && root->kind == _PyPrincipal_ROOT_APPLICATION) {
        return _PyPrincipalPlace_IsInstalled(name + root->len)
               ? _PyPrincipal_Named(name) : _PyPrincipal_APPLICATION;
    }
    if (d->is_package) {
        return d->set;
    }
    size_t top = strcspn(member, "/");
    if (member[top] == '\0') {
        top = stem_length(member);
    }
    bool named = root != NULL && (root->len == (size_t)n
                                  || root->len == strlen(d->dir));
    int m = snprintf(name + (named ? 0 : n), sizeof(name) - n, "%s%.*s",
                     named ? "" : "/", (int)top, member);
    if (m <= 0 || (size_t)m >= sizeof(name) - n) {
        return _PyPrincipal_UNKNOWN;
    }
    return _PyPrincipal_Named(name);
}

const _PyDistributions *
_PyPrincipal_Distributions(void)
{
    PyMutex_Lock(&snapshot.mutex);
    if (snapshot.map == NULL) {
        const char *const *dirs;
        size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &dirs);
        snapshot.map = _PyDistributions_Read(dirs, n, PY_VERSION);
    }
    const _PyDistributions *installed = snapshot.map;
    PyMutex_Unlock(&snapshot.mutex);
    return installed;
}
