/* Which directories hold what?

   Start-up registers the roots: where the standard library lives, where
   dependencies are installed, where the application is.  The longest root
   that holds a resolved directory decides.  Under a root of dependencies
   the name is the first component that is a real package or module; a
   directory without __init__ is a namespace and the name goes one deeper
   (`google.cloud.storage`).

   Answers are remembered by directory, under the name that was asked and
   the identity (device, inode) that it had: a link that is turned, or another
   current directory, is asked anew.  Whoever reads a file opens the directory
   first and hands in that identity, so that what is judged is what is read.
   The memory is process wide, under a mutex; paths are in the file system
   encoding, which the tables treat as bytes. */

#include "Python.h"
#include "pycore_importdl.h"      // _PyImport_DynLoadFiletab
#include "pycore_principal_directory.h"

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>

typedef _PyPrincipalRootDir root_entry;
typedef _PyPrincipalPlace dir_entry;

#define DIR_BUCKETS 256

/* The paths of the roots of one kind. */
typedef struct {
    size_t n;
    const char *paths[];
} root_list;

static struct {
    PyMutex mutex;                /* guards dirs */
    root_entry **roots;
    size_t n_roots;
    root_list *by_kind[3];        /* made when asked for; atomic */
    dir_entry *dirs[DIR_BUCKETS];
} places;

/* --- Roots -------------------------------------------------------------- */

/* Before there are threads. */
static void
forget_lists(void)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(places.by_kind); i++) {
        PyMem_RawFree(places.by_kind[i]);
        places.by_kind[i] = NULL;
    }
}

int
_PyPrincipal_AddRoot(_PyPrincipalRoot kind, const char *path)
{
    size_t len = strlen(path);
    forget_lists();
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    if (kind == _PyPrincipal_ROOT_APPLICATION && len <= 1) {
        return 0;
    }
    for (size_t i = 0; i < places.n_roots; i++) {
        if (places.roots[i]->len == len
            && memcmp(places.roots[i]->path, path, len) == 0)
        {
            if (kind < places.roots[i]->kind) {
                places.roots[i]->kind = kind;
            }
            return 0;
        }
    }
    root_entry **roots = PyMem_RawRealloc(
        places.roots, (places.n_roots + 1) * sizeof(*roots));
    if (roots == NULL) {
        return -1;
    }
    places.roots = roots;
    root_entry *root = PyMem_RawMalloc(sizeof(*root) + len + 1);
    if (root == NULL) {
        return -1;
    }
    root->path = (char *)(root + 1);
    memcpy(root->path, path, len);
    root->path[len] = '\0';
    root->len = len;
    root->kind = kind;
    places.roots[places.n_roots++] = root;
    return 0;
}

static root_list *
make_list(_PyPrincipalRoot kind)
{
    root_list *list = PyMem_RawMalloc(
        sizeof(*list) + places.n_roots * sizeof(*list->paths));
    if (list == NULL) {
        return NULL;
    }
    list->n = 0;
    for (size_t i = 0; i < places.n_roots; i++) {
        if (places.roots[i]->kind == kind) {
            list->paths[list->n++] = places.roots[i]->path;
        }
    }
    return list;
}

size_t
_PyPrincipal_Roots(_PyPrincipalRoot kind, const char *const **paths)
{
    root_list *list = _Py_atomic_load_ptr(&places.by_kind[kind]);
    if (list == NULL && (list = make_list(kind)) != NULL) {
        root_list *other = NULL;
        if (!_Py_atomic_compare_exchange_ptr(&places.by_kind[kind], &other,
                                             list))
        {
            PyMem_RawFree(list);
            list = other;       /* somebody asked at the same time */
        }
    }
    *paths = list ? list->paths : NULL;
    return list ? list->n : 0;
}

const root_entry *
_PyPrincipalPlace_Root(const char *path)
{
    const root_entry *best = NULL;
    for (size_t i = 0; i < places.n_roots; i++) {
        const root_entry *root = places.roots[i];
        if (strncmp(path, root->path, root->len) == 0
            && (path[root->len] == '/' || path[root->len] == '\0')
            && (best == NULL || root->len > best->len))
        {
            best = root;
        }
    }
    return best;
}

/* Has the path a component that package installers reserve? */
bool
_PyPrincipalPlace_IsInstalled(const char *path)
{
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        p += *p == '/';
        size_t n = strcspn(p, "/");
        if ((n == 13 && memcmp(p, "site-packages", n) == 0)
            || (n == 13 && memcmp(p, "dist-packages", n) == 0))
        {
            return true;
        }
    }
    return false;
}

/* --- Packages and names ------------------------------------------------- */

/* Is this how a module's file name may go on behind its first dot? */
bool
_PyPrincipalPlace_IsModuleSuffix(const char *suffix)
{
    if (strcmp(suffix, ".py") == 0 || strcmp(suffix, ".pyc") == 0) {
        return true;
    }
    for (const char **known = _PyImport_DynLoadFiletab; *known; known++) {
        if (strcmp(suffix, *known) == 0) {
            return true;
        }
    }
    return false;
}

static bool
has_file(const char *dir, size_t len, const char *suffix)
{
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%.*s/__init__%s", (int)len, dir,
                     suffix);
    return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0;
}

/* Is there an __init__ module in the first `len` bytes of `dir`? */
static bool
has_init(const char *dir, size_t len)
{
    if (has_file(dir, len, ".py") || has_file(dir, len, ".pyc")) {
        return true;
    }
    for (const char **known = _PyImport_DynLoadFiletab; *known; known++) {
        if (has_file(dir, len, *known)) {
            return true;
        }
    }
    return false;
}

void
_PyPrincipalPlace_Dots(char *name)
{
    for (; *name; name++) {
        if (*name == '/') {
            *name = '.';
        }
    }
}

/* A resolved directory under a root of dependencies: how many of its bytes
   name the principal?  0 when all of it is a namespace (or the root). */
static size_t
package_end(const root_entry *root, const char *dir)
{
    const char *p = dir + root->len;
    while (*p == '/') {
        p += 1 + strcspn(p + 1, "/");
        if (has_init(dir, p - dir)) {
            return p - dir;
        }
    }
    return 0;
}

/* Elsewhere: the highest directory of the unbroken row of packages that ends
   at `dir`; 0 when `dir` itself is not one. */
static size_t
climb(const char *dir)
{
    size_t end = strlen(dir), top = 0;
    while (end > 0 && has_init(dir, end)) {
        top = end;
        while (end > 0 && dir[--end] != '/') {
        }
    }
    return top;
}

/* --- Directories -------------------------------------------------------- */

static size_t
bucket_of(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++) {
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    }
    return (h ^ (h >> 17)) % DIR_BUCKETS;
}

/* The principal that bytes `from` to `end` of a path name; from 0 it is the
   path that names it.  What no import statement can reach by that name, and
   what would read as something else, is called by its path too. */
uint32_t
_PyPrincipalPlace_Named(const char *path, size_t from, size_t end)
{
    char name[PATH_MAX];
    if (end <= from || end >= sizeof(name)) {
        return _PyPrincipal_UNKNOWN;
    }
    memcpy(name, path + from, end - from);
    name[end - from] = '\0';
    if (from > 0 && strpbrk(name, ".*<>") == NULL
        && strcmp(name, "__main__") != 0)
    {
        _PyPrincipalPlace_Dots(name);
        size_t n = strlen(name);
        if (n < 4 || strcmp(name + n - 4, ".pth") != 0) {
            return _PyPrincipal_Named(name);
        }
    }
    memcpy(name, path, end);
    name[end] = '\0';
    return _PyPrincipal_Named(name);
}

/* Fill in what a resolved directory says of all the files in it. */
static void
classify(dir_entry *d)
{
    const root_entry *root = _PyPrincipalPlace_Root(d->dir);
    if (root != NULL && root->kind == _PyPrincipal_ROOT_APPLICATION
        && _PyPrincipalPlace_IsInstalled(d->dir + root->len))
    {
        root = NULL;
    }
    d->root = root;
    d->prefix = root != NULL ? root->len + (d->dir[root->len] == '/') : 0;
    d->set = _PyPrincipal_UNKNOWN;
    if (root == NULL) {
        size_t top = climb(d->dir);
        d->is_package = top > 0;
        if (top > 0) {
            d->set = _PyPrincipalPlace_Named(d->dir, 0, top);
            /* For the name under which a copy might be imported. */
            while (top > 0 && d->dir[top - 1] != '/') {
                top--;
            }
            d->prefix = top;
        }
        else {
            d->prefix = strlen(d->dir);
        }
        return;
    }
    switch (root->kind) {
    case _PyPrincipal_ROOT_STDLIB:
        d->set = _PyPrincipal_STDLIB;
        d->is_package = true;
        break;
    case _PyPrincipal_ROOT_APPLICATION:
        d->set = _PyPrincipal_APPLICATION;
        d->is_package = true;
        break;
    case _PyPrincipal_ROOT_DEPENDENCIES: {
        size_t end = package_end(root, d->dir);
        d->is_package = end > 0;
        if (end > 0) {
            d->set = _PyPrincipalPlace_Named(d->dir, d->prefix, end);
        }
        break;
    }
    }
}

/* The entry of the directory that `path` begins with (its first `len`
   bytes), made when it is new.  `at` is the directory that was opened under
   that name, or NULL.  The lock is held.  NULL: not to be told. */
static const dir_entry *
dir_of(const char *path, size_t len, const struct stat *at)
{
    char key[PATH_MAX], resolved[PATH_MAX];
    struct stat st;
    if (len >= sizeof(key)) {
        return NULL;
    }
    memcpy(key, path, len);
    key[len] = '\0';
    if (at == NULL) {
        if (stat(len ? key : "/", &st) < 0) {
            return NULL;
        }
        at = &st;
    }
    dir_entry **bucket = &places.dirs[bucket_of(key)];
    for (dir_entry *d = *bucket; d != NULL; d = d->next) {
        if (strcmp(d->key, key) == 0 && d->device == at->st_dev
            && d->inode == at->st_ino)
        {
            return d;
        }
    }
    struct stat now;
    if (realpath(len ? key : "/", resolved) == NULL
        || stat(resolved, &now) < 0
        || now.st_dev != at->st_dev || now.st_ino != at->st_ino)
    {
        return NULL;
    }
    /* Compiled files belong where their sources do. */
    char *last = strrchr(resolved, '/');
    if (strcmp(last, "/__pycache__") == 0) {
        *last = '\0';
    }
    size_t n = strlen(resolved);
    /* Most are given as they are. */
    bool same = strcmp(resolved, key) == 0;
    dir_entry *d = PyMem_RawCalloc(1, sizeof(*d) + n + 1
                                      + (same ? 0 : len + 1));
    if (d == NULL) {
        return NULL;
    }
    d->device = at->st_dev;
    d->inode = at->st_ino;
    memcpy(d->dir, resolved, n + 1);
    d->key = d->dir;
    if (!same) {
        d->key += n + 1;
        memcpy(d->key, key, len + 1);
    }
    classify(d);
    d->next = *bucket;
    *bucket = d;
    return d;
}

/* The directory of a path, and in *file the rest of it.  NULL: not to be
   told. */
const dir_entry *
_PyPrincipalPlace_OfPath(const char *path, const struct stat *at,
                         const char **file)
{
    const char *slash = strrchr(path, '/');
    *file = slash != NULL ? slash + 1 : path;
    PyMutex_Lock(&places.mutex);
    const dir_entry *d = slash != NULL ? dir_of(path, slash - path, at)
                                       : dir_of(".", 1, at);
    PyMutex_Unlock(&places.mutex);
    return d;
}
