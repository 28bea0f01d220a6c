/* What are the places that a policy speaks of, what may all read, and what
   may nobody write?

   Places are found out once, at start-up, from the configuration and from
   the environment as it was before any Python code ran: whoever could move
   $TMP or $HOME later would move what is granted.  In a process that a
   dependency has started they are those of the process that started it.
   Paths are resolved, as all paths are that are compared with them.  "/" is
   nobody's home and no temporary directory: such a place is left out, and
   holds nothing.

   Readable to all is what every program needs and no secret is in: the
   standard library, what is installed, time zones, the certificates that the
   system trusts, /dev/null and the sources of random numbers.  What the
   application keeps inside a directory of dependencies is its own.

   No dependency may write a policy in force, one that it extends, the lock
   beside it, the configuration of the virtual environment, and the place of
   the installation's policy.  These are compared by name, which is why a
   name of them that is a link is there twice.

   Written by policy_setup.c on a single thread; read without a lock.  What
   is readable to all has names that are known beforehand; where the system's
   own links among them lead, and where packages are, is looked up when first
   asked for, under a mutex. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_file.h"
#include "pycore_policy_find.h"   // _PyPolicyFind_Encode()
#include "pycore_policy_read.h"   // _PyPolicyRead_Join()
#include "pycore_principal.h"
#include "pycore_principal_cache.h"

#include <dirent.h>
#include <pwd.h>
#include <stdlib.h>               // getenv(), realpath()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

typedef struct {
    char *path;
    size_t len;
} Name;

typedef struct {
    Name *items;
    size_t n, size;
} Names;

typedef struct {
    const char *principal;
    char *path;                 /* NULL: it has none */
} Package;

static struct {
    _PyPolicyPlace *places;
    size_t n_places, size_places;
    Names protected;
    PyMutex mutex;              /* of what follows */
    Names public;               /* with all below them */
    int public_known;           /* read without the mutex as well */
    Package *packages;
    size_t n_packages, size_packages;
} files;

/* --- Lists -------------------------------------------------------------- */

/* Room for one more; the array may move.  NULL when memory is short. */
static void *
grow(void *items, size_t n, size_t *size, size_t item)
{
    if (n < *size) {
        return items;
    }
    size_t larger = *size * 2 + 8;
    void *result = PyMem_RawRealloc(items, larger * item);
    if (result != NULL) {
        *size = larger;
    }
    return result;
}

static int
add_name(Names *names, const char *path)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i].path, path) == 0) {
            return 0;
        }
    }
    Name *items = grow(names->items, names->n, &names->size, sizeof(Name));
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

/* --- Places ------------------------------------------------------------- */

static int
add_place(const char *name, const char *path)
{
    char resolved[PATH_MAX];
    if (path == NULL || path[0] != '/' || realpath(path, resolved) == NULL
        || strcmp(resolved, "/") == 0)
    {
        return 0;
    }
    _PyPolicyPlace *places = grow(files.places, files.n_places,
                                  &files.size_places, sizeof(*places));
    if (places == NULL) {
        return -1;
    }
    files.places = places;
    char *copy = _PyPolicyRead_Copy(resolved);
    if (copy == NULL) {
        return -1;
    }
    places[files.n_places].name = name;
    places[files.n_places].path = copy;
    files.n_places++;
    return 0;
}

/* Where the module tempfile would put files: the first of these that can be
   written to. */
static int
add_temporary(void)
{
    const char *const candidates[] = {
        getenv("TMPDIR"), getenv("TEMP"), getenv("TMP"),
        "/tmp", "/var/tmp", "/usr/tmp",
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(candidates); i++) {
        const char *path = candidates[i];
        char resolved[PATH_MAX];
        struct stat st;
        if (path != NULL && path[0] != '\0' && stat(path, &st) == 0
            && S_ISDIR(st.st_mode) && access(path, W_OK | X_OK) == 0
            && realpath(path, resolved) != NULL)
        {
            return add_place("$TMP", resolved);
        }
    }
    return 0;
}

static int
add_home(void)
{
    const char *home = getenv("HOME");
    if (home == NULL || home[0] == '\0') {
        const struct passwd *user = getpwuid(getuid());
        home = user != NULL ? user->pw_dir : NULL;
    }
    return add_place("$HOME", home);
}

static int
add_prefix(const PyConfig *config, const char *venv)
{
    if (venv != NULL) {
        return add_place("$PREFIX", venv);
    }
    if (config->prefix == NULL) {
        return 0;
    }
    char *prefix = _PyPolicyFind_Encode(config->prefix);
    int result = prefix != NULL ? add_place("$PREFIX", prefix) : -1;
    PyMem_RawFree(prefix);
    return result;
}

static int
add_places(const PyConfig *config, const char *venv, const char *tmp,
           const char *home)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_APPLICATION, &roots);
    for (size_t i = 0; i < n; i++) {
        if (add_place("$APP", roots[i]) < 0) {
            return -1;
        }
    }
    if ((tmp != NULL ? add_place("$TMP", tmp) : add_temporary()) < 0
        || (home != NULL ? add_place("$HOME", home) : add_home()) < 0)
    {
        return -1;
    }
    return add_prefix(config, venv);
}

size_t
_PyPolicyFile_Places(const _PyPolicyPlace **places)
{
    *places = files.places;
    return files.n_places;
}

/* --- Readable to all ---------------------------------------------------- */

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

bool
_PyPolicyFile_IsPublic(const char *path, size_t len)
{
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
_PyPolicyFile_IsAboveLibraries(const char *path, size_t len)
{
    if (len == 1) {
        return true;            /* the root is above everything */
    }
    return is_above_roots(_PyPrincipal_ROOT_STDLIB, path, len)
           || is_above_roots(_PyPrincipal_ROOT_DEPENDENCIES, path, len);
}

bool
_PyPolicyFile_IsNull(const char *path, size_t len)
{
    return len == 9 && memcmp(path, "/dev/null", 9) == 0;
}

/* --- Not to be written -------------------------------------------------- */

static int
protect(const char *path)
{
    char resolved[PATH_MAX];
    char *canonical = _PyPolicyRead_Canonical(path);
    if (canonical == NULL) {
        return 0;               /* there is no such directory */
    }
    int result = add_name(&files.protected, canonical);
    if (result == 0 && realpath(canonical, resolved) != NULL) {
        result = add_name(&files.protected, resolved);
    }
    PyMem_RawFree(canonical);
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
    char *file = _PyPolicyRead_Copy(path), *lock = NULL;
    int result = -1;
    if (file == NULL) {
        return -1;
    }
    cut_to_archive(file);
    if (protect(file) < 0) {
        goto done;
    }
    _PyPolicyRead_ToDirname(file);
    lock = _PyPolicyRead_Join(file, "policy.lock.json");
    result = lock != NULL ? protect(lock) : -1;
done:
    PyMem_RawFree(lock);
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

static int
protect_configuration(const PyConfig *config, const char *venv)
{
    const wchar_t *prefixes[] = {
        config->prefix, config->exec_prefix, config->base_prefix,
    };
    if (venv != NULL && protect_in(venv, "pyvenv.cfg") < 0) {
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

int
_PyPolicyFile_Init(const PyConfig *config, const char *venv, const char *tmp,
                   const char *home)
{
    return add_places(config, venv, tmp, home) < 0
        ? -1 : protect_configuration(config, venv);
}

/* --- Other spellings of targets ----------------------------------------- */

void
_PyPolicyFile_FreeSpellings(char **more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        PyMem_RawFree(more[i]);
    }
    PyMem_RawFree(more);
}

/* How much of the path can be resolved: whole components without
   wildcards. */
static size_t
literal_len(const char *path)
{
    size_t n = strcspn(path, "*?");
    if (path[n] == '\0') {
        return n;
    }
    while (n > 0 && path[n] != '/') {
        n--;
    }
    return n;
}

/* Begun with `head` (a place's directory, or nothing), what else may the
   target be called?  *spelling is NULL when there is nothing else. */
static int
spell(const char *head, const char *text, bool excluded, char **spelling)
{
    _PyPolicyFilePath path;
    char whole[PATH_MAX];
    size_t n = literal_len(text);
    *spelling = NULL;
    int len = snprintf(whole, sizeof(whole), "%s%.*s", head, (int)n, text);
    if (len >= (int)sizeof(whole) || strncmp(whole, "/proc/", 6) == 0
        || strncmp(whole, "/dev/", 5) == 0)
    {
        return 0;               /* what these links mean depends on who asks */
    }
    _PyPolicyFile_Resolve(AT_FDCWD, whole, true, &path);
    if (len > 1 && whole[len - 1] == '/') {
        whole[len - 1] = '\0';
    }
    if (path.kind != _PyPolicyFile_NAMED || strcmp(path.text, whole) == 0
        || strpbrk(path.text, "*?") != NULL)
    {
        return 0;
    }
    size_t size = path.len + strlen(text + n) + 2;
    char *result = PyMem_RawMalloc(size);
    if (result == NULL) {
        return -1;
    }
    snprintf(result, size, "%s%s%s", excluded ? "!" : "",
             path.len == 1 && text[n] != '\0' ? "" : path.text, text + n);
    *spelling = result;
    return 0;
}

static int
add_spelling(const char *head, const char *text, bool excluded, char ***more,
             size_t *n_more, size_t *size)
{
    char *spelling;
    if (spell(head, text, excluded, &spelling) < 0) {
        return -1;
    }
    if (spelling == NULL) {
        return 0;
    }
    char **items = grow(*more, *n_more, size, sizeof(char *));
    if (items == NULL) {
        PyMem_RawFree(spelling);
        return -1;
    }
    *more = items;
    items[(*n_more)++] = spelling;
    return 0;
}

int
_PyPolicyFile_Spellings(const char *const *texts, size_t n, char ***more,
                        size_t *n_more)
{
    size_t size = 0;
    *more = NULL;
    *n_more = 0;
    for (size_t i = 0; i < n; i++) {
        bool excluded = texts[i][0] == '!';
        const char *text = texts[i] + excluded;
        size_t name = strcspn(text, "/");
        int result = 0;
        if (name == 0) {
            result = add_spelling("", text, excluded, more, n_more, &size);
        }
        for (size_t j = 0; text[0] == '$' && j < files.n_places
                           && result == 0; j++)
        {
            if (strlen(files.places[j].name) == name
                && memcmp(files.places[j].name, text, name) == 0)
            {
                result = add_spelling(files.places[j].path, text + name,
                                      excluded, more, n_more, &size);
            }
        }
        if (result < 0) {
            _PyPolicyFile_FreeSpellings(*more, *n_more);
            *more = NULL;
            *n_more = 0;
            return -1;
        }
    }
    return 0;
}

/* --- Packages ----------------------------------------------------------- */

/* Does the directory hold an extension module of that name? */
static bool
find_extension(const char *dir, const char *name, char *path)
{
    size_t n = strlen(name);
    DIR *entries = opendir(dir);
    bool found = false;
    if (entries == NULL) {
        return false;
    }
    for (struct dirent *entry; !found && (entry = readdir(entries)); ) {
        size_t len = strlen(entry->d_name);
        found = len > n + 3 && strncmp(entry->d_name, name, n) == 0
            && entry->d_name[n] == '.'
            && strcmp(entry->d_name + len - 3, ".so") == 0
            && snprintf(path, PATH_MAX, "%s/%s", dir, entry->d_name)
               < PATH_MAX;
    }
    closedir(entries);
    return found;
}

/* A package, a module or an extension module; `name` has slashes. */
static bool
find_below(const char *root, const char *name, char *path)
{
    struct stat st;
    if (snprintf(path, PATH_MAX, "%s/%s", root, name) >= PATH_MAX - 4) {
        return false;
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return true;
    }
    strcat(path, ".py");
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        return true;
    }
    const char *slash = strrchr(name, '/');
    char dir[PATH_MAX];
    snprintf(dir, sizeof(dir), "%s/%.*s", root,
             slash != NULL ? (int)(slash - name) : 0, name);
    return find_extension(dir, slash != NULL ? slash + 1 : name, path);
}

static char *
find_package(const char *principal)
{
    char name[PATH_MAX], path[PATH_MAX], resolved[PATH_MAX];
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &roots);
    size_t len = strlen(principal);
    bool found = false;
    if (len >= sizeof(name)
        || (len > 4 && strcmp(principal + len - 4, ".pth") == 0))
    {
        return NULL;
    }
    if (principal[0] == '/') {
        found = find_below("", principal + 1, path);
    }
    else {
        for (size_t i = 0; i <= len; i++) {
            name[i] = principal[i] == '.' ? '/' : principal[i];
        }
        for (size_t i = 0; i < n && !found; i++) {
            found = find_below(roots[i], name, path);
        }
    }
    if (!found || realpath(path, resolved) == NULL) {
        return NULL;
    }
    return _PyPolicyRead_Copy(resolved);
}

const char *
_PyPolicyFile_Package(const char *principal)
{
    const char *path = NULL;
    PyMutex_Lock(&files.mutex);
    for (size_t i = 0; i < files.n_packages; i++) {
        if (files.packages[i].principal == principal
            || strcmp(files.packages[i].principal, principal) == 0)
        {
            path = files.packages[i].path;
            goto done;
        }
    }
    Package *packages = grow(files.packages, files.n_packages,
                             &files.size_packages, sizeof(Package));
    if (packages != NULL) {
        files.packages = packages;
        Package *package = &packages[files.n_packages++];
        package->principal = principal;
        package->path = find_package(principal);
        path = package->path;
    }
done:
    PyMutex_Unlock(&files.mutex);
    return path;
}
