/* What are the places that a policy speaks of?

   $APP, $TMP, $HOME and $PREFIX are found out once, at start-up, from the
   configuration and from the environment as it was before any Python code
   ran: whoever could move $TMP or $HOME later would move what is granted.  In
   a process that a dependency has started they are those of the process that
   started it.  Paths are resolved, as all paths are that are compared with
   them.  "/" is nobody's home and no temporary directory: such a place is left
   out, and holds nothing.

   $PKG differs from one principal to the next, and is looked up when first
   asked for, under a mutex.

   Written by policy_setup.c on a single thread; read without a lock. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_file.h"
#include "pycore_policy_find.h"   // _PyPolicyFind_Encode()
#include "pycore_policy_read.h"   // _PyPolicyRead_Copy()
#include "pycore_principal.h"

#include <dirent.h>
#include <pwd.h>
#include <stdlib.h>               // getenv(), realpath()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *principal;
    char *path;                 /* NULL: it has none */
} Package;

static struct {
    _PyPolicyPlace *places;
    size_t n_places, size_places;
    PyMutex mutex;              /* of what follows */
    Package *packages;
    size_t n_packages, size_packages;
} files;

void *
_PyPolicyFile_Grow(void *items, size_t n, size_t *size, size_t item)
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
    _PyPolicyPlace *places = _PyPolicyFile_Grow(
        files.places, files.n_places, &files.size_places, sizeof(*places));
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

int
_PyPolicyFile_Init(const PyConfig *config, const char *venv, const char *tmp,
                   const char *home)
{
    return add_places(config, venv, tmp, home) < 0
           ? -1 : _PyPolicyFile_InitPublic(config);
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
    Package *packages = _PyPolicyFile_Grow(
        files.packages, files.n_packages, &files.size_packages,
        sizeof(Package));
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
