/* Which policies hold in this process, now?

   Those that were read when it started, and one for each drop() since.  A
   drop replaces the list by one that is longer; the old one stays for those
   who are reading it, so nobody needs a lock.  Everything else is written on
   one thread before _PyPolicy_Active and never changes or goes away, but for
   the part of the children's variable, which is replaced in the same way.

   Called by policy_setup.c, and by all who judge. */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_file.h"   // _PyPolicyFile_Places()
#include "pycore_policy_inherit.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_read.h"
#include "pycore_policy_run.h"
#include "pycore_policy_setup_impl.h"
#include "pycore_principal.h"
#include "pycore_principal_cache.h"

#include <stdlib.h>               // setenv()
#include <string.h>

/* What is in force: the policies that were loaded, then one for each drop.
   Never changed, only replaced; the old ones stay for those who read them. */
typedef struct {
    size_t n;
    const _PyPolicy *policies[];
} Force;

static struct {
    _PyPolicyLoaded loaded;
    uint32_t starter;
    char *variable;               /* the same part for all children */
    PyMutex mutex;                /* held by those who drop */
    Force *force;
    char **drops;                 /* their notes */
    size_t n_drops;
} setup;

/* --- What children are handed -------------------------------------------- */

/* Into this process's own environment as well, for whatever starts children
   without asking Python: system(), a library, a plain exec. */
static char *
make_variable(const _PyPolicyLoaded *all, uint32_t starter,
              const char *const *drops, size_t n_drops)
{
    _PyPolicyHanded handed = {
        .sources = all->sources, .n_sources = all->n, .key = all->key,
        .search = _PyPolicyRun_SearchPath(),
        .cache = _PyPrincipal_CacheDirectory(),
        .dropped = drops, .n_dropped = n_drops,
    };
    handed.n_places = _PyPolicyFile_Places(&handed.places);
    handed.n_application = _PyPrincipal_Roots(_PyPrincipal_ROOT_APPLICATION,
                                              &handed.application);
    handed.n_installed = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES,
                                            &handed.installed);
    char *prefix = _PyPolicyInherit_Prefix(&handed);
    char *entry = prefix ? _PyPolicyInherit_Variable(prefix, starter) : NULL;
    if (entry == NULL
        || setenv(_PyPolicySetup_VARIABLE, strchr(entry, '=') + 1, 1) < 0)
    {
        PyMem_RawFree(prefix);
        prefix = NULL;
    }
    PyMem_RawFree(entry);
    return prefix;
}

/* --- What is dropped ----------------------------------------------------- */

/* What is behind the place is the same: it drops nothing more. */
static bool
is_dropped(const char *note)
{
    const char *what = strchr(note, ' ');
    size_t n = what ? strcspn(what, "\n") : 0;
    for (size_t i = 0; i < setup.n_drops; i++) {
        const char *other = strchr(setup.drops[i], ' ');
        if (what != NULL && other != NULL && strncmp(what, other, n) == 0
            && other[n] == '\n')
        {
            return true;
        }
    }
    return false;
}

static Force *
force_with(const _PyPolicyLoaded *all, size_t room)
{
    size_t n = setup.force ? setup.force->n : all->n;
    Force *force = PyMem_RawCalloc(1, sizeof(*force)
                                      + (n + room) * sizeof(_PyPolicy *));
    if (force != NULL) {
        force->n = n;
        memcpy(force->policies,
               setup.force ? setup.force->policies : all->policies,
               n * sizeof(_PyPolicy *));
    }
    return force;
}

/* The mutex is held, or nobody else is there yet. */
static int
add_drop(const _PyPolicyLoaded *all, uint32_t starter, const char *note,
         _PyPolicyError *error)
{
    _PyPolicy *policy = NULL;
    char *copy = PyMem_RawMalloc(strlen(note) + 1), *variable = NULL;
    char **drops = PyMem_RawCalloc(setup.n_drops + 1, sizeof(char *));
    Force *force = force_with(all, 1);
    *error = (_PyPolicyError){.code = "no-memory"};
    if (copy == NULL || drops == NULL || force == NULL) {
        goto error;
    }
    strcpy(copy, note);
    if (setup.n_drops > 0) {
        memcpy(drops, setup.drops, setup.n_drops * sizeof(char *));
    }
    drops[setup.n_drops] = copy;
    policy = _PyPolicyNarrow_Compile(note, error);
    if (policy == NULL) {
        goto error;
    }
    variable = make_variable(all, starter, (const char *const *)drops,
                             setup.n_drops + 1);
    if (variable == NULL) {
        *error = (_PyPolicyError){.code = "no-memory"};
        goto error;
    }
    force->policies[force->n++] = policy;
    _Py_atomic_store_ptr(&setup.variable, variable);
    PyMem_RawFree(setup.drops);
    setup.drops = drops;
    setup.n_drops++;
    _Py_atomic_store_ptr(&setup.force, force);
    return 0;
error:
    _PyPolicy_Free(policy);
    PyMem_RawFree(copy);
    PyMem_RawFree(drops);
    PyMem_RawFree(force);
    return -1;
}

int
_PyPolicySetup_Drop(const char *note, _PyPolicyError *error)
{
    int result = 0;
    PyMutex_Lock(&setup.mutex);
    if (!is_dropped(note)) {
        result = add_drop(&setup.loaded, setup.starter, note, error);
    }
    PyMutex_Unlock(&setup.mutex);
    return result;
}

bool
_PyPolicySetup_IsDrop(const _PyPolicy *policy)
{
    const Force *force = _Py_atomic_load_ptr(&setup.force);
    for (size_t i = setup.loaded.n; force != NULL && i < force->n; i++) {
        if (force->policies[i] == policy) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicySetup_HasDrops(void)
{
    const Force *force = _Py_atomic_load_ptr(&setup.force);
    return force != NULL && force->n > setup.loaded.n;
}

/* What the interpreter that started this one has dropped, and the permits
   that it was started in. */
static int
inherit_narrowing(const _PyPolicyFound *found)
{
    _PyPolicyError error = {0};
    int result = _PyPolicyNarrow_Inherit(found->starter, &error);
    for (size_t i = 0; i < found->n_dropped && result == 0; i++) {
        result = add_drop(&setup.loaded, setup.starter, found->dropped[i],
                          &error);
    }
    if (result < 0) {
        _PyPolicyRead_Line(error.message ? error.message
                           : "importpolicy: what was handed down cannot be "
                             "enforced");
        _PyPolicyError_Clear(&error);
    }
    return result;
}

int
_PyPolicySetup_Enforce(_PyPolicyLoaded *all, const _PyPolicyFound *found)
{
    char *variable = make_variable(all, found->starter, NULL, 0);
    Force *force = force_with(all, 0);
    if (variable == NULL || force == NULL) {
        PyMem_RawFree(variable);
        PyMem_RawFree(force);
        return _PyPolicyRead_NoMemory();
    }
    setup.loaded = *all;
    setup.starter = found->starter;
    setup.variable = variable;
    setup.force = force;
    memset(all, 0, sizeof(*all));
    return inherit_narrowing(found);
}

/* --- Questions ---------------------------------------------------------- */

size_t
_PyPolicySetup_Policies(const _PyPolicy *const **policies)
{
    const Force *force = _Py_atomic_load_ptr(&setup.force);
    *policies = force ? force->policies : NULL;
    return force ? force->n : 0;
}

bool
_PyPolicySetup_IsLoaded(const _PyPolicy *policy)
{
    for (size_t i = 0; i < setup.loaded.n; i++) {
        if (setup.loaded.policies[i] == policy) {
            return true;
        }
    }
    return false;
}

const char *
_PyPolicySetup_Lock(size_t i)
{
    return i < setup.loaded.n ? setup.loaded.locks[i] : NULL;
}

uint32_t
_PyPolicySetup_Starter(void)
{
    return setup.starter;
}

const char *
_PyPolicySetup_Origin(size_t i)
{
    return i < setup.loaded.n ? setup.loaded.origins[i]
                              : "importpolicy.drop()";
}

const char *
_PyPolicySetup_Digest(size_t i)
{
    if (i >= setup.loaded.n) {
        return "";
    }
    _PyPolicySource *source = &setup.loaded.sources[i];
    int result = 0;
    PyMutex_Lock(&setup.mutex);
    if (source->digest[0] == '\0') {
        result = _PyPolicyContent_Sha256(&source->content, source->digest);
    }
    if (result == 0) {
        _PyPolicyContent_Clear(&source->content);
    }
    PyMutex_Unlock(&setup.mutex);
    return result == 0 ? source->digest : NULL;
}

/* --- Children ----------------------------------------------------------- */

char *
_PyPolicySetup_ChildVariable(uint32_t acting)
{
    if (!_PyPolicy_Active) {
        return strdup("");
    }
    char *entry = _PyPolicyInherit_Variable(
        _Py_atomic_load_ptr(&setup.variable),
        _PyPrincipal_Join(setup.starter, acting));
    char *result = entry != NULL ? strdup(entry) : NULL;
    PyMem_RawFree(entry);
    return result;
}
