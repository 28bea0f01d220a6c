/* Whose code is in this file?

   Answered from the file's place alone; what its directory says is told by
   principal_directory.c.  A module that is no part of a package is called by
   its own name.

   With a lock in force the place is not enough: in a directory of dependencies
   a file has the name that its place gives it when the distribution that has
   that name lists the file (policy_lock_state.c), and is called by its path
   when not.

   What lies elsewhere cannot borrow a name: an editable install is asked
   for (its own installed metadata says where its source is), and whatever
   remains is called by its path.  So a directory named site-packages that
   somebody made last minute gives no identity. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_policy_lock.h"
#include "pycore_principal_directory.h"

#include <limits.h>               // PATH_MAX
#include <string.h>
#include <sys/stat.h>

typedef _PyPrincipalRootDir root_entry;
typedef _PyPrincipalPlace dir_entry;

static struct {
    PyMutex mutex;
    _PyDistributions *map;        /* read when first asked for */
    _PyDistributions *editable;   /* the same of editable installs, which are
                                     looked for on the disk anyhow */
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

static bool
file_path(const dir_entry *d, const char *file, char path[PATH_MAX])
{
    int n = snprintf(path, PATH_MAX, "%s/%s", d->dir, file);
    return n > 0 && n < PATH_MAX;
}

/* What is installed, whatever a lock says; the mutex is held. */
static _PyDistributions *
read_installed(void)
{
    const char *const *dirs;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &dirs);
    return _PyDistributions_Read(dirs, n, PY_VERSION);
}

static _PyDistributions *
read_locked(void)
{
    const _PyPolicyLock *lock = _PyPolicyLock_First();
    return lock != NULL ? _PyDistributions_OfLock(lock, PY_VERSION) : NULL;
}

/* A lock knows the names of editable installs, but not where they are: that
   is another place on every machine. */
static const _PyDistributions *
editable_installs(void)
{
    if (!_PyPolicyLock_InForce) {
        return _PyPrincipal_Distributions();
    }
    PyMutex_Lock(&snapshot.mutex);
    if (snapshot.editable == NULL) {
        snapshot.editable = read_installed();
    }
    const _PyDistributions *installed = snapshot.editable;
    PyMutex_Unlock(&snapshot.mutex);
    return installed;
}

/* In an editable install's source?  Its name, PATH_MAX bytes. */
static bool
is_editable(const dir_entry *d, const char *file, char *name)
{
    char path[PATH_MAX];
    if (!file_path(d, file, path)
        || (_PyPolicyLock_InForce && !_PyPolicyLock_AnyEditable()))
    {
        return false;
    }
    const _PyDistributions *installed = editable_installs();
    return installed != NULL
           && _PyDistributions_Editable(installed, path, name, PATH_MAX)
           && (!_PyPolicyLock_InForce || _PyPolicyLock_IsEditable(name));
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

/* What its place calls `set`: is it really that one's file? */
static uint32_t
judge_locked(const dir_entry *d, const char *file, uint32_t set,
             char pin[_PyPolicyLock_PIN])
{
    char path[PATH_MAX];
    const uint32_t *members;
    pin[0] = '\0';
    if (d->root->kind != _PyPrincipal_ROOT_DEPENDENCIES) {
        return set;
    }
    if (_PyPrincipal_Members(set, &members) != 1
        || !file_path(d, file, path))
    {
        return _PyPrincipal_UNKNOWN;
    }
    return _PyPolicyLock_Judge(_PyPrincipal_Name(members[0]), path,
                               d->root->len, pin) == _PyPolicyLock_STRANGER
           ? _PyPrincipal_Named(path) : set;
}

/* Whose it is by its place, which is in a root, and then by the lock. */
static uint32_t
in_root(const dir_entry *d, const char *file, char pin[_PyPolicyLock_PIN])
{
    uint32_t set = d->is_package ? d->set : single_module(d, file);
    return _PyPolicyLock_InForce ? judge_locked(d, file, set, pin) : set;
}

bool
_PyPrincipal_PinOf(const char *path, const struct stat *at, char *pin)
{
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    pin[0] = '\0';
    if (d != NULL && d->root != NULL) {
        (void)in_root(d, file, pin);
    }
    return pin[0] != '\0';
}

uint32_t
_PyPrincipal_NotAsLocked(const char *path, const struct stat *at)
{
    char resolved[PATH_MAX];
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    if (d == NULL || !file_path(d, file, resolved)) {
        return _PyPrincipal_UNKNOWN;
    }
    _PyPolicyLock_NoteChanged(resolved);
    return _PyPrincipal_Named(resolved);
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
    char pin[_PyPolicyLock_PIN];
    return d->root == NULL ? elsewhere(d, file) : in_root(d, file, pin);
}

uint32_t
_PyPrincipal_OfPth(const char *path, const struct stat *at, char *pin)
{
    const char *file;
    const dir_entry *d = _PyPrincipalPlace_OfPath(path, at, &file);
    pin[0] = '\0';
    if (d == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    size_t n = strlen(file);
    if (d->root != NULL && d->root->kind == _PyPrincipal_ROOT_DEPENDENCIES
        && strlen(d->dir) == d->root->len
        && n > 4 && strcmp(file + n - 4, ".pth") == 0)
    {
        uint32_t set = _PyPrincipal_Named(file);
        return _PyPolicyLock_InForce ? judge_locked(d, file, set, pin) : set;
    }
    return _PyPrincipal_Named(path);
}

/* Only an archive that is itself an entry of the path, or lies directly in
   a root of dependencies, names what is inside; one that a package carries
   along is that package's. */
uint32_t
_PyPrincipal_OfArchive(const char *archive, const struct stat *at,
                       const char *member, bool *kept)
{
    char name[PATH_MAX];
    *kept = false;
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
        *kept = root->len < (size_t)n;
        return _PyPrincipalPlace_IsInstalled(name + root->len)
               ? _PyPrincipal_Named(name) : _PyPrincipal_APPLICATION;
    }
    /* A lock has no archives. */
    bool locked = _PyPolicyLock_InForce && root != NULL;
    if (d->is_package && !locked) {
        return d->set;
    }
    size_t top = strcspn(member, "/");
    if (member[top] == '\0') {
        top = stem_length(member);
    }
    bool named = root != NULL && !locked
                 && (root->len == (size_t)n || root->len == strlen(d->dir));
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
        snapshot.map = _PyPolicyLock_InForce ? read_locked()
                                             : read_installed();
    }
    const _PyDistributions *installed = snapshot.map;
    PyMutex_Unlock(&snapshot.mutex);
    return installed;
}

bool
_PyPrincipal_IsDeclared(uint32_t set)
{
    const uint32_t *members;
    PyMutex_Lock(&snapshot.mutex);
    const _PyDistributions *installed = snapshot.map;
    PyMutex_Unlock(&snapshot.mutex);
    return installed != NULL && _PyPrincipal_Members(set, &members) == 1
           && _PyDistributions_IsOwned(installed,
                                      _PyPrincipal_Name(members[0]));
}
