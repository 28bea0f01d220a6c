/* What may all read, and what may nobody write?

   Readable to all is what every program needs and no secret is in: the
   standard library, what is installed, archives on the path whether they are
   there or not, time zones, translations, tables of types of files, the
   certificates that the system trusts, /dev/null and the sources of random
   numbers.  What the
   application keeps inside a directory of dependencies is its own.

   Readable to the application alone are its own Python source files, and
   archives that it has loaded code from: it is made of them, and whoever shows
   a traceback or warns reads lines of them.

   No dependency may write a policy in force, one that it extends, the lock
   beside it, the configuration of the virtual environment, and the place of
   the installation's policy.  These are compared by name, which is why a
   name of them that is a link is there twice.

   Written by policy_setup.c on a single thread, but for the archives, which
   only become more; read without a lock.  What
   is readable to all has names that are known beforehand; where the system's
   own links among them lead is looked up when first asked for, under a
   mutex. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_interp.h"        // _PyInterpreterState_GetConfig()
#include "pycore_policy_file.h"
#include "pycore_policy_find.h"   // _PyPolicyFind_Encode()
#include "pycore_policy_read.h"   // _PyPolicyRead_Join()
#include "pycore_principal.h"
#include "pycore_principal_cache.h"

#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

typedef struct {
    char *path;
    size_t len;
} Name;

typedef struct {
    Name *items;
    size_t n, size;
} Names;

static struct {
    Names source;               /* the script, where its name does not tell */
    Names protected;
    PyMutex mutex;              /* of what follows */
    Names public;               /* with all below them */
    int public_known;           /* read without the mutex as well */
} files;

/* --- Lists -------------------------------------------------------------- */

static int
add_name(Names *names, const char *path)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i].path, path) == 0) {
            return 0;
        }
    }
    Name *items = _PyPolicyFile_Grow(names->items, names->n, &names->size,
                                     sizeof(Name));
    if (items == NULL) {
        return -1;
    }
    names->items = items;
    char *copy = _PyPolicyRead_Copy(path);
    if (copy == NULL) {
        return -1;
    }
    items[names->n].path = copy;
    items[names->n].len = strlen(copy);
    names->n++;
    return 0;
}

static bool
lies_below(const char *path, size_t len, const char *dir, size_t dir_len)
{
    return len >= dir_len && memcmp(path, dir, dir_len) == 0
           && (len == dir_len || path[dir_len] == '/');
}

/* --- Readable to all ---------------------------------------------------- */

/* The path as it was at the start names an archive for the standard library,
   and others may follow.  One that is not there is no root, but whoever goes
   through the path (importlib.metadata) asks for it all the same. */
static void
find_archives(void)
{
    const PyWideStringList *paths = &_PyInterpreterState_GetConfig(
        PyInterpreterState_Main())->module_search_paths;
    for (Py_ssize_t i = 0; i < paths->length; i++) {
        size_t len = wcslen(paths->items[i]);
        if (len < 5 || wcscmp(paths->items[i] + len - 4, L".zip") != 0) {
            continue;
        }
        char dir[PATH_MAX];
        char *path = _PyPolicyFind_Encode(paths->items[i]);
        char *slash = path != NULL ? strrchr(path, '/') : NULL;
        if (slash != NULL && slash > path) {
            *slash = '\0';
            char *name = realpath(path, dir) != NULL
                ? _PyPolicyRead_Join(dir, slash + 1) : NULL;
            if (name != NULL) {
                (void)add_name(&files.public, name);
            }
            PyMem_RawFree(name);
        }
        PyMem_RawFree(path);
    }
}

static void
find_public(void)
{
    static const char PUBLIC[][32] = {
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo",
        "/etc/zoneinfo", "/etc/localtime", "/etc/timezone",
        "/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf",
        "/etc/ssl/ca-bundle.pem", "/usr/lib/ssl/cert.pem",
        "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
        "/etc/ca-certificates", "/etc/pki/tls/certs",
        "/etc/pki/tls/cert.pem", "/etc/pki/ca-trust",
        "/var/lib/ca-certificates", "/etc/openssl/certs",
        "/usr/share/locale", "/usr/local/share/locale",
        "/dev/null", "/dev/random", "/dev/urandom",
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(PUBLIC); i++) {
        /* What there was no memory for is not readable. */
        char resolved[PATH_MAX];
        (void)add_name(&files.public, PUBLIC[i]);
        if (realpath(PUBLIC[i], resolved) != NULL
            && strcmp(resolved, PUBLIC[i]) != 0
            && strcmp(resolved, "/") != 0)
        {
            (void)add_name(&files.public, resolved);
        }
    }
    find_archives();
}

static const Names *
public_names(void)
{
    if (!_Py_atomic_load_int_acquire(&files.public_known)) {
        PyMutex_Lock(&files.mutex);
        if (!files.public_known) {
            find_public();
            _Py_atomic_store_int_release(&files.public_known, 1);
        }
        PyMutex_Unlock(&files.mutex);
    }
    return &files.public;
}

/* How long is the longest root of that kind that the path lies in? */
static size_t
longest_root(_PyPrincipalRoot kind, const char *path, size_t len)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(kind, &roots), longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t root = strlen(roots[i]);
        if (root > longest && lies_below(path, len, roots[i], root)) {
            longest = root;
        }
    }
    return longest;
}

/* Where mimetypes looks for the system's tables.  What it finds there stands
   in its own, for everybody. */
static bool
is_types_table(const char *path, size_t len)
{
    static const char NAME[] = "/mime.types", DIRS[][26] = {
        "/etc", "/etc/httpd", "/etc/httpd/conf", "/etc/apache",
        "/etc/apache2", "/usr/local/etc", "/usr/local/etc/httpd/conf",
        "/usr/local/lib/netscape",
    };
    size_t name = sizeof(NAME) - 1, dir = len - name;
    if (len <= name || memcmp(path + dir, NAME, name) != 0) {
        return false;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(DIRS); i++) {
        if (strlen(DIRS[i]) == dir && memcmp(path, DIRS[i], dir) == 0) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyFile_IsPublic(const char *path, size_t len)
{
    if (is_types_table(path, len)) {
        return true;
    }
    const Names *names = public_names();
    for (size_t i = 0; i < names->n; i++) {
        const Name *name = &names->items[i];
        if (lies_below(path, len, name->path, name->len)) {
            return true;
        }
    }
    size_t stdlib = longest_root(_PyPrincipal_ROOT_STDLIB, path, len);
    size_t installed = longest_root(_PyPrincipal_ROOT_DEPENDENCIES, path,
                                    len);
    size_t longest = stdlib > installed ? stdlib : installed;
    return longest > 0
           && longest >= longest_root(_PyPrincipal_ROOT_APPLICATION, path,
                                      len);
}

bool
_PyPolicyFile_IsNull(const char *path, size_t len)
{
    return len == 9 && memcmp(path, "/dev/null", 9) == 0;
}

/* --- Readable to the application ----------------------------------------- */

static bool
ends_in_py(const char *path, size_t len)
{
    return len > 4 && memcmp(path + len - 3, ".py", 3) == 0
           && path[len - 4] != '/';
}

/* Archives that the application has loaded code from: it is made of them as
   well.  None is ever forgotten. */
typedef struct Archive {
    struct Archive *next;
    size_t len;
    char path[];
} Archive;

static void *archives;          /* the newest; others follow */

static bool
is_archive(const char *path, size_t len)
{
    const Archive *a = _Py_atomic_load_ptr_acquire(&archives);
    while (a != NULL && (a->len != len || memcmp(a->path, path, len) != 0)) {
        a = a->next;
    }
    return a != NULL;
}

void
_PyPolicyFile_NoteArchive(const char *path)
{
    char resolved[PATH_MAX];
    if (is_archive(path, strlen(path)) || realpath(path, resolved) == NULL) {
        return;
    }
    size_t len = strlen(resolved);
    Archive *made = is_archive(resolved, len) ? NULL
        : PyMem_RawMalloc(sizeof(Archive) + len + 1);
    if (made == NULL) {
        return;                 /* its source will not be shown */
    }
    made->len = len;
    memcpy(made->path, resolved, len + 1);
    do {
        made->next = _Py_atomic_load_ptr(&archives);
    } while (!_Py_atomic_compare_exchange_ptr(&archives, &made->next, made));
}

/* A script, or an archive that is one, may be called anything. */
static int
add_script(const PyConfig *config)
{
    char resolved[PATH_MAX];
    struct stat st;
    if (config->run_filename == NULL) {
        return 0;
    }
    char *script = _PyPolicyFind_Encode(config->run_filename);
    if (script == NULL) {
        return -1;
    }
    int result = 0;
    if (!ends_in_py(script, strlen(script))
        && realpath(script, resolved) != NULL
        && stat(resolved, &st) == 0 && S_ISREG(st.st_mode))
    {
        result = add_name(&files.source, resolved);
    }
    PyMem_RawFree(script);
    return result;
}

bool
_PyPolicyFile_IsSource(const char *path, size_t len)
{
    for (size_t i = 0; i < files.source.n; i++) {
        const Name *name = &files.source.items[i];
        if (name->len == len && memcmp(name->path, path, len) == 0) {
            return true;
        }
    }
    return is_archive(path, len)
           || (ends_in_py(path, len)
               && longest_root(_PyPrincipal_ROOT_APPLICATION, path, len) > 0);
}

static bool
is_above_roots(_PyPrincipalRoot kind, const char *path, size_t len)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(kind, &roots);
    for (size_t i = 0; i < n; i++) {
        if (lies_below(roots[i], strlen(roots[i]), path, len)) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyFile_IsAbovePublic(const char *path, size_t len)
{
    if (len == 1                /* the root is above everything */
        || is_above_roots(_PyPrincipal_ROOT_STDLIB, path, len)
        || is_above_roots(_PyPrincipal_ROOT_DEPENDENCIES, path, len)
        || is_above_roots(_PyPrincipal_ROOT_APPLICATION, path, len))
    {
        return true;
    }
    const Names *names = public_names();
    for (size_t i = 0; i < names->n; i++) {
        if (lies_below(names->items[i].path, names->items[i].len, path, len)) {
            return true;
        }
    }
    return false;
}

/* --- Not to be written -------------------------------------------------- */

/* `dir` is resolved. */
static int
protect(const char *dir, const char *name)
{
    char resolved[PATH_MAX];
    struct stat st;
    char *path = _PyPolicyRead_Join(dir, name);
    int result = path != NULL ? add_name(&files.protected, path) : -1;
    if (result == 0 && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)
        && realpath(path, resolved) != NULL)
    {
        result = add_name(&files.protected, resolved);
    }
    PyMem_RawFree(path);
    return result;
}

/* A policy in an archive: the archive is the file. */
static void
cut_to_archive(char *path)
{
    struct stat st;
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL;
         slash++)
    {
        *slash = '\0';
        if (stat(path, &st) < 0 || S_ISREG(st.st_mode)) {
            return;
        }
        *slash = '/';
    }
}

int
_PyPolicyFile_Protect(const char *path)
{
    char resolved[PATH_MAX];
    char *file = _PyPolicyRead_Copy(path), *dir = NULL;
    int result = -1;
    if (file == NULL) {
        return -1;
    }
    cut_to_archive(file);
    dir = _PyPolicyRead_Copy(file);
    if (dir == NULL) {
        goto done;
    }
    _PyPolicyRead_ToDirname(dir);
    result = 0;
    if (realpath(dir, resolved) != NULL) {      /* else there is none */
        const char *slash = strrchr(file, '/');
        if (protect(resolved, slash != NULL ? slash + 1 : file) < 0
            || protect(resolved, "policy.lock.json") < 0)
        {
            result = -1;
        }
    }
done:
    PyMem_RawFree(dir);
    PyMem_RawFree(file);
    return result;
}

static int
protect_in(const char *dir, const char *name)
{
    char *path = _PyPolicyRead_Join(dir, name);
    int result = path != NULL ? _PyPolicyFile_Protect(path) : -1;
    PyMem_RawFree(path);
    return result;
}

/* A pyvenv.cfg names a policy, and where the standard library is.  One that is
   not there yet would be found at the next start. */
static int
protect_environment(const PyConfig *config)
{
    if (config->executable == NULL || *config->executable == L'\0') {
        return 0;
    }
    char *dir = _PyPolicyFind_Encode(config->executable);
    int result = dir != NULL ? 0 : -1;
    for (int i = 0; i < 2 && result == 0; i++) {
        _PyPolicyRead_ToDirname(dir);
        result = protect_in(dir, "pyvenv.cfg");
    }
    PyMem_RawFree(dir);
    return result;
}

static int
protect_configuration(const PyConfig *config)
{
    const wchar_t *prefixes[] = {
        config->prefix, config->exec_prefix, config->base_prefix,
    };
    if (protect_environment(config) < 0) {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(prefixes); i++) {
        if (prefixes[i] == NULL || *prefixes[i] == L'\0'
            || (i > 0 && prefixes[i - 1] != NULL
                && wcscmp(prefixes[i], prefixes[i - 1]) == 0))
        {
            continue;           /* usually they are all the same */
        }
        char *dir = _PyPolicyFind_Encode(prefixes[i]);
        int result = dir != NULL
            ? protect_in(dir, "etc/python/policy.json") : -1;
        PyMem_RawFree(dir);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* What the interpreter has compiled for itself, and all the directories that
   lead there, whether they exist yet or not. */
static bool
is_cache(const char *path, size_t len, bool above)
{
    const char *cache = _PyPrincipal_CacheDirectory();
    size_t n = cache != NULL ? strlen(cache) : 0;
    return n > 0 && (lies_below(path, len, cache, n)
                     || (above && lies_below(cache, n, path, len)));
}

bool
_PyPolicyFile_IsProtected(const char *path, size_t len, bool above)
{
    if (is_cache(path, len, above)) {
        return true;
    }
    for (size_t i = 0; i < files.protected.n; i++) {
        const Name *name = &files.protected.items[i];
        if (above ? lies_below(name->path, name->len, path, len)
                  : name->len == len && memcmp(name->path, path, len) == 0)
        {
            return true;
        }
    }
    return false;
}

/* --- Start-up ----------------------------------------------------------- */

int
_PyPolicyFile_InitPublic(const PyConfig *config)
{
    return add_script(config) < 0 ? -1 : protect_configuration(config);
}
