/* Which directories hold the standard library, dependencies, the application?

   principal_file.c tells whose code a file holds by the longest registered
   directory above it.  This file registers them, once, when a policy has been
   found and before anything has been imported.  What comes later, whatever
   sys.path then says, is nobody's: code there is called by its path.

   The standard library is where the configuration says.  Dependencies live
   where the site module will add directories, computed by its rules, and in
   PYTHONPATH.  The application is whatever holds the program, unless that is
   one of the other two: a script that is run inside site-packages, or from
   the middle of the standard library, does not make its neighbours the
   application.  A policy's "$app" may do so, because somebody wrote it.

   Directories that do not exist are left out: whoever makes them later has
   not been installed.  So are, in an interpreter that another one has started
   under a policy, those that only the environment names and that the other
   one did not know: who may change PYTHONPATH or HOME must not give names.
   All paths are resolved, since principal_file.c compares resolved ones.

   Called by policy_setup.c on a single thread. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_program.h"
#include "pycore_policy_read.h"
#include "pycore_policy_roots.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_text.h"
#include "pycore_principal.h"

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>               // access(), getuid()

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)
#define VERSION STRINGIFY(PY_MAJOR_VERSION) "." STRINGIFY(PY_MINOR_VERSION)
#ifdef Py_GIL_DISABLED
#  define THREADS "t"
#else
#  define THREADS ""
#endif
#define PYTHON "python" VERSION THREADS
#define STDLIB_ZIP \
    "python" STRINGIFY(PY_MAJOR_VERSION) STRINGIFY(PY_MINOR_VERSION) \
    THREADS ".zip"

/* --- Paths -------------------------------------------------------------- */

/* Register what `path` resolves to; nothing when it does not exist, which is
   asked first because resolving costs a call for each component. */
static int
add(_PyPrincipalRoot kind, const char *path)
{
    char resolved[PATH_MAX];
    if (access(path, F_OK) < 0 || realpath(path, resolved) == NULL) {
        return 0;
    }
    return _PyPrincipal_AddRoot(kind, resolved) < 0
        ? _PyPolicyRead_NoMemory() : 0;
}

static int
add_below(_PyPrincipalRoot kind, const char *dir, const char *below)
{
    char path[PATH_MAX];
    size_t n = strlen(dir), size = strlen(below) + 1;
    if (n + 1 + size > sizeof(path)) {
        return 0;
    }
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, below, size);
    return add(kind, path);
}

static int
add_wide(_PyPrincipalRoot kind, const wchar_t *text)
{
    if (text == NULL || *text == L'\0') {
        return 0;
    }
    char *path = _PyPolicyFind_Encode(text);
    int result = path != NULL ? add(kind, path) : -1;
    PyMem_RawFree(path);
    return result;
}

/* Has the (resolved) path a component that installers have reserved? */
static bool
is_installed_place(const char *path)
{
    for (const char *p = path; (p = strchr(p, '/')) != NULL; ) {
        p++;
        if ((strncmp(p, "site-packages", 13) == 0
             || strncmp(p, "dist-packages", 13) == 0)
            && (p[13] == '/' || p[13] == '\0'))
        {
            return true;
        }
    }
    return false;
}

/* Does it lie in one of the roots of that kind? */
static bool
is_inside(_PyPrincipalRoot kind, const char *path)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(kind, &roots);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(roots[i]);
        if (strncmp(path, roots[i], len) == 0
            && (path[len] == '/' || path[len] == '\0' || roots[i][1] == '\0'))
        {
            return true;
        }
    }
    return false;
}

/* --- What is installed -------------------------------------------------- */

/* The extension modules of the standard library: getpath puts their directory
   behind the library's own.  The name is checked, because an embedding
   program can put there what it likes. */
static int
add_extensions(const PyConfig *config)
{
    const PyWideStringList *paths = &config->module_search_paths;
    for (Py_ssize_t i = 1; i < paths->length; i++) {
        if (config->stdlib_dir == NULL
            || wcscmp(paths->items[i - 1], config->stdlib_dir) != 0)
        {
            continue;
        }
        const wchar_t *name = wcsrchr(paths->items[i], L'/');
        if ((name != NULL && wcscmp(name, L"/lib-dynload") == 0)
            || config->_is_python_build)
        {
            return add_wide(_PyPrincipal_ROOT_STDLIB, paths->items[i]);
        }
    }
    return 0;
}

static int
add_stdlib(const PyConfig *config, const char *platlibdir)
{
    char zip[PATH_MAX];
    if (add_wide(_PyPrincipal_ROOT_STDLIB, config->stdlib_dir) < 0
        || add_extensions(config) < 0)
    {
        return -1;
    }
    int n = snprintf(zip, sizeof(zip), "%s/" STDLIB_ZIP, platlibdir);
    if (config->base_prefix == NULL || n <= 0 || (size_t)n >= sizeof(zip)) {
        return 0;
    }
    char *prefix = _PyPolicyFind_Encode(config->base_prefix);
    int result = prefix != NULL
        ? add_below(_PyPrincipal_ROOT_STDLIB, prefix, zip) : -1;
    PyMem_RawFree(prefix);
    return result;
}

/* All that site and Debian's site look for below a prefix. */
static int
add_prefix(const char *prefix, const char *platlibdir)
{
    static const char *const below[] = {
        "lib/" PYTHON "/site-packages",
        "lib/" PYTHON "/dist-packages",
        "local/lib/" PYTHON "/dist-packages",
        "lib/python" STRINGIFY(PY_MAJOR_VERSION) "/dist-packages",
    };
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/" PYTHON "/site-packages",
                     platlibdir);
    if (strcmp(platlibdir, "lib") != 0 && n > 0 && (size_t)n < sizeof(path)
        && add_below(_PyPrincipal_ROOT_DEPENDENCIES, prefix, path) < 0)
    {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(below); i++) {
        if (add_below(_PyPrincipal_ROOT_DEPENDENCIES, prefix, below[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The three are one nearly always. */
static int
add_prefixes(const PyConfig *config, const char *platlibdir)
{
    const wchar_t *prefixes[] = {
        config->prefix, config->exec_prefix, config->base_prefix,
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(prefixes); i++) {
        const wchar_t *before = i > 0 ? prefixes[i - 1] : NULL;
        if (prefixes[i] == NULL || *prefixes[i] == L'\0'
            || (before != NULL && wcscmp(prefixes[i], before) == 0))
        {
            continue;
        }
        char *dir = _PyPolicyFind_Encode(prefixes[i]);
        int result = dir != NULL ? add_prefix(dir, platlibdir) : -1;
        PyMem_RawFree(dir);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* What the environment says may be what somebody in the parent has said: then
   it counts where the parent had it, too. */
static bool
parent_has(const _PyPolicyFound *found, const char *path)
{
    char resolved[PATH_MAX];
    if (!found->has_parent) {
        return true;
    }
    if (realpath(path, resolved) == NULL) {
        return false;
    }
    for (size_t i = 0; i < found->n_installed; i++) {
        if (strcmp(found->installed[i], resolved) == 0) {
            return true;
        }
    }
    return false;
}

/* site refuses the user's directory to processes of changed identity. */
static int
add_user_site(const PyConfig *config, const _PyPolicyFound *found)
{
    char base[PATH_MAX], path[PATH_MAX];
    if (!config->user_site_directory || getuid() != geteuid()
        || getgid() != getegid()
        || !_PyPolicyProgram_UserBase(base, sizeof(base), true))
    {
        return 0;
    }
    int n = snprintf(path, sizeof(path), "%s/lib/" PYTHON "/site-packages",
                     base);
    return n > 0 && (size_t)n < sizeof(path) && parent_has(found, path)
           ? add(_PyPrincipal_ROOT_DEPENDENCIES, path) : 0;
}

int
_PyPolicyRoots_Installed(const PyConfig *config, const _PyPolicyFound *found)
{
    char *platlibdir = config->platlibdir != NULL
        ? _PyPolicyFind_Encode(config->platlibdir)
        : _PyPolicyRead_Copy("lib");
    int result = -1;
    if (platlibdir == NULL
        || add_stdlib(config, platlibdir) < 0
        || (found->venv != NULL && add_prefix(found->venv, platlibdir) < 0))
    {
        goto done;
    }
    /* In a virtual environment that is closed, what is installed outside it
       has no name in it. */
    if ((found->venv == NULL || found->system_site)
        && (add_prefixes(config, platlibdir) < 0
            || add_user_site(config, found) < 0))
    {
        goto done;
    }
    result = 0;
done:
    PyMem_RawFree(platlibdir);
    return result;
}

/* --- The application ---------------------------------------------------- */

/* An archive that is run through a link keeps the link's name when modules
   are read from it. */
static int
add_archive_name(const char *path)
{
    struct stat st;
    if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode) || stat(path, &st) < 0
        || !S_ISREG(st.st_mode))
    {
        return 0;
    }
    char *name = _PyPolicyRead_Canonical(path);
    int result = name == NULL
        || _PyPrincipal_AddRoot(_PyPrincipal_ROOT_APPLICATION, name) < 0;
    PyMem_RawFree(name);
    return result ? _PyPolicyRead_NoMemory() : 0;
}

int
_PyPolicyRoots_Application(const char *path)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL
        || strcmp(resolved, "/") == 0
        || is_installed_place(resolved)
        || is_inside(_PyPrincipal_ROOT_STDLIB, resolved)
        || is_inside(_PyPrincipal_ROOT_DEPENDENCIES, resolved))
    {
        return 0;
    }
    return add_archive_name(path) < 0
        ? -1 : add(_PyPrincipal_ROOT_APPLICATION, resolved);
}

/* Only what never is an application's is left out: "$app" may have named a
   part of site-packages there. */
int
_PyPolicyRoots_Inherited(const char *path)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL
        || strcmp(resolved, "/") == 0
        || (is_inside(_PyPrincipal_ROOT_STDLIB, resolved)
            && !is_installed_place(resolved)))
    {
        return 0;
    }
    return add(_PyPrincipal_ROOT_APPLICATION, resolved);
}

int
_PyPolicyRoots_Named(const char *policy, const char *dir, const char *name)
{
    char resolved[PATH_MAX], quoted[_PyPolicy_MAX_QUOTED];
    struct stat st;
    const char *wrong = NULL;
    char *path = _PyPolicyRead_Join(dir, name);
    if (path == NULL) {
        return -1;
    }
    if (realpath(path, resolved) == NULL || stat(resolved, &st) < 0
        || !S_ISDIR(st.st_mode))
    {
        wrong = "is not a directory; \"$app\" names directories, relative to "
                "the policy's own";
    }
    else if (strcmp(resolved, "/") == 0) {
        wrong = "is everything; \"$app\" names the directories of the "
                "application alone";
    }
    else if (is_inside(_PyPrincipal_ROOT_STDLIB, resolved)
             && !is_installed_place(resolved))
    {
        wrong = "is part of the standard library; remove it from \"$app\"";
    }
    PyMem_RawFree(path);
    if (wrong != NULL) {
        _PyPolicyText_Quote(quoted, sizeof(quoted), name, strlen(name));
        return _PyPolicyRead_Fail(policy, "%s %s", quoted, wrong);
    }
    return add(_PyPrincipal_ROOT_APPLICATION, resolved);
}

/* --- PYTHONPATH --------------------------------------------------------- */

/* An entry inside the application is how an application finds its own parts
   (PYTHONPATH=src), unless an installer made it. */
static int
add_entry(const _PyPolicyFound *found, const char *entry)
{
    char resolved[PATH_MAX];
    if (realpath(*entry ? entry : ".", resolved) == NULL
        || strcmp(resolved, "/") == 0)
    {
        return 0;
    }
    if (!is_installed_place(resolved)
        && (is_inside(_PyPrincipal_ROOT_APPLICATION, resolved)
            || is_inside(_PyPrincipal_ROOT_STDLIB, resolved)))
    {
        return 0;
    }
    return parent_has(found, resolved)
           ? add(_PyPrincipal_ROOT_DEPENDENCIES, resolved) : 0;
}

int
_PyPolicyRoots_SearchPath(const PyConfig *config, const _PyPolicyFound *found)
{
    if (!config->use_environment || config->pythonpath_env == NULL) {
        return 0;
    }
    char *entries = _PyPolicyFind_Encode(config->pythonpath_env);
    if (entries == NULL) {
        return -1;
    }
    int result = 0;
    for (char *entry = entries, *next; entry != NULL && result == 0;
         entry = next)
    {
        next = strchr(entry, ':');
        if (next != NULL) {
            *next++ = '\0';
        }
        result = add_entry(found, entry);
    }
    PyMem_RawFree(entries);
    return result;
}
