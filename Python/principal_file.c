/* Whose code is in this file?

   Answered from the file's place alone.  Start-up registers the roots: where
   the standard library lives, where dependencies are installed, where the
   application is.  The longest root that holds the resolved file decides.
   Under a root of dependencies the name is the first component that is a
   real package or module; a directory without __init__ is a namespace and
   the name goes one deeper (`google.cloud.storage`).

   What lies elsewhere cannot borrow a name: an editable install is asked
   for (its own installed metadata says where its source is), and whatever
   remains is called by its path.  So a directory named site-packages that
   somebody made last minute gives no identity.

   Answers are remembered by directory, under the name that was asked and
   the identity (device, inode) that it had: a link that is turned, or another
   current directory, is asked anew.  Whoever reads a file opens the directory
   first and hands in that identity, so that what is judged is what is read.
   The memory is process wide, under a mutex; paths are in the file system
   encoding, which the tables treat as bytes. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_importdl.h"      // _PyImport_DynLoadFiletab
#include "pycore_principal.h"

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>

typedef struct {
    char *path;                   /* resolved, no slash at the end */
    size_t len;
    _PyPrincipalRoot kind;
} root_entry;

typedef struct dir_entry {
    struct dir_entry *next;
    const root_entry *root;       /* NULL: elsewhere */
    uint32_t set;                 /* of a package's files; UNKNOWN when each
                                     file here is a module of its own */
    size_t prefix;                /* in `dir`: where the path below the root
                                     begins */
    bool is_package;
    dev_t device;
    ino_t inode;
    char *key;                    /* the directory as given */
    char dir[];                   /* the directory, resolved */
} dir_entry;

#define DIR_BUCKETS 512

static struct {
    PyMutex mutex;                /* guards dirs */
    PyMutex installed_mutex;
    _PyDistributions *installed;  /* read when first asked for */
    root_entry **roots;
    size_t n_roots;
    const char **by_kind[3];
    dir_entry *dirs[DIR_BUCKETS];
} files;

/* --- Roots -------------------------------------------------------------- */

int
_PyPrincipal_AddRoot(_PyPrincipalRoot kind, const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    if (kind == _PyPrincipal_ROOT_APPLICATION && len <= 1) {
        return 0;
    }
    for (size_t i = 0; i < files.n_roots; i++) {
        if (files.roots[i]->len == len
            && memcmp(files.roots[i]->path, path, len) == 0)
        {
            if (kind < files.roots[i]->kind) {
                files.roots[i]->kind = kind;
            }
            return 0;
        }
    }
    root_entry **roots = PyMem_RawRealloc(
        files.roots, (files.n_roots + 1) * sizeof(*roots));
    if (roots == NULL) {
        return -1;
    }
    files.roots = roots;
    root_entry *root = PyMem_RawMalloc(sizeof(*root) + len + 1);
    if (root == NULL) {
        return -1;
    }
    root->path = (char *)(root + 1);
    memcpy(root->path, path, len);
    root->path[len] = '\0';
    root->len = len;
    root->kind = kind;
    files.roots[files.n_roots++] = root;
    return 0;
}

size_t
_PyPrincipal_Roots(_PyPrincipalRoot kind, const char *const **paths)
{
    size_t n = 0;
    PyMem_RawFree(files.by_kind[kind]);
    const char **list = PyMem_RawMalloc(
        (files.n_roots + 1) * sizeof(char *));
    if (list != NULL) {
        for (size_t i = 0; i < files.n_roots; i++) {
            if (files.roots[i]->kind == kind) {
                list[n++] = files.roots[i]->path;
            }
        }
    }
    files.by_kind[kind] = list;
    *paths = list;
    return n;
}

static const root_entry *
root_of(const char *path)
{
    const root_entry *best = NULL;
    for (size_t i = 0; i < files.n_roots; i++) {
        const root_entry *root = files.roots[i];
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
static bool
below_site_packages(const char *path)
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

/* Is there an __init__ module in the first `len` bytes of `dir`? */
static bool
has_init(const char *dir, size_t len)
{
    static const char *const names[] = {
        "__init__.py", "__init__.pyc", NULL
    };
    char path[PATH_MAX];
    struct stat st;
    for (size_t i = 0; names[i] != NULL; i++) {
        int n = snprintf(path, sizeof(path), "%.*s/%s", (int)len, dir,
                         names[i]);
        if (n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0) {
            return true;
        }
    }
    return false;
}

/* The module's name in a file name: everything before the first dot.  `a.py`,
   `a.cpython-313-x86_64-linux-gnu.so` and `a.abi3.so` are all `a`. */
static size_t
stem_length(const char *file)
{
    return strcspn(file, ".");
}

/* `google/cloud/storage` -> `google.cloud.storage`, in place. */
static void
dots_for_slashes(char *name)
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
static uint32_t
named_part(const char *path, size_t from, size_t end)
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
        dots_for_slashes(name);
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
    const root_entry *root = root_of(d->dir);
    if (root != NULL && root->kind == _PyPrincipal_ROOT_APPLICATION
        && below_site_packages(d->dir + root->len))
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
            d->set = named_part(d->dir, 0, top);
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
            d->set = named_part(d->dir, d->prefix, end);
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
    dir_entry **bucket = &files.dirs[bucket_of(key)];
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
    dir_entry *d = PyMem_RawCalloc(1, sizeof(*d) + n + 1 + len + 1);
    if (d == NULL) {
        return NULL;
    }
    d->device = at->st_dev;
    d->inode = at->st_ino;
    memcpy(d->dir, resolved, n + 1);
    d->key = d->dir + n + 1;
    memcpy(d->key, key, len + 1);
    classify(d);
    d->next = *bucket;
    *bucket = d;
    return d;
}

/* The directory of a path, and in *file the rest of it.  NULL: not to be
   told. */
static const dir_entry *
split_path(const char *path, const struct stat *at, const char **file)
{
    const char *slash = strrchr(path, '/');
    *file = slash != NULL ? slash + 1 : path;
    PyMutex_Lock(&files.mutex);
    const dir_entry *d = slash != NULL ? dir_of(path, slash - path, at)
                                       : dir_of(".", 1, at);
    PyMutex_Unlock(&files.mutex);
    return d;
}

/* --- The interface ------------------------------------------------------ */

/* Is this how a module's file name may go on behind its first dot? */
static bool
is_module_suffix(const char *suffix)
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

/* A module file that is no part of a package. */
static uint32_t
single_module(const dir_entry *d, const char *file)
{
    char path[PATH_MAX];
    size_t stem = stem_length(file);
    size_t from = d->root != NULL ? d->prefix : 0;
    if (!is_module_suffix(file + stem)) {
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
    return named_part(path, from, (size_t)n);
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
    dots_for_slashes(name);
    return name;
}

/* An editable install's source, or called by its path. */
static uint32_t
elsewhere(const dir_entry *d, const char *file)
{
    char path[PATH_MAX], name[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s", d->dir, file);
    if (n <= 0 || (size_t)n >= sizeof(path)) {
        return _PyPrincipal_UNKNOWN;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed != NULL
        && _PyDistributions_Editable(installed, path, name, sizeof(name)))
    {
        return _PyPrincipal_Named(name);
    }
    return d->is_package ? d->set : single_module(d, file);
}

uint32_t
_PyPrincipal_OfFile(const char *path, const struct stat *at,
                    char **canonical)
{
    if (canonical != NULL) {
        *canonical = NULL;
    }
    const char *file;
    const dir_entry *d = split_path(path, at, &file);
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
    const dir_entry *d = split_path(path, at, &file);
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
_PyPrincipal_OfArchive(const char *archive, const char *member)
{
    char name[PATH_MAX];
    const char *file;
    const dir_entry *d = split_path(archive, NULL, &file);
    if (d == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    int n = snprintf(name, sizeof(name), "%s/%s", d->dir, file);
    if (n <= 0 || (size_t)n >= sizeof(name)) {
        return _PyPrincipal_UNKNOWN;
    }
    const root_entry *root = root_of(name);
    if (root != NULL && root->kind == _PyPrincipal_ROOT_STDLIB) {
        return _PyPrincipal_STDLIB;
    }
    if (root != NULL && root->kind == _PyPrincipal_ROOT_APPLICATION) {
        return below_site_packages(name + root->len)
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
    PyMutex_Lock(&files.installed_mutex);
    if (files.installed == NULL) {
        const char *const *dirs;
        size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &dirs);
        files.installed = _PyDistributions_Read(dirs, n, PY_VERSION);
    }
    const _PyDistributions *installed = files.installed;
    PyMutex_Unlock(&files.installed_mutex);
    return installed;
}
