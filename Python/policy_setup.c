/* Which policies hold in this process, and since when?

   The only file that knows start-up order:

     the configuration is complete       policy_find.c lists the places
     each file is read, hashed, parsed   policy_read.c, policy_load.c,
     and so is what it extends           policy_extends.c
     and the lock that lies beside it    policy_lock.c
     roots are registered                policy_roots.c
     programs are looked up              policy_run.c
     the variable for children is set    policy_inherit.c
     _PyPolicy_Active is set             from here on everything is judged
     builtins are guarded                policy_builtin.c
     importlib, site, .pth lines run     as the interpreter's own
     the main program begins             _PyPolicySetup_Start()

   Until _PyPolicy_Active is set no Python code runs but the frozen core, so
   nothing here can be got at: no file is imported, no hook exists.  Whatever
   is wrong with any policy ends the process with one line and exit status 2,
   before a line of the user's runs; there is no such thing as most of the
   policies.

   Without a policy a handful of names is looked up on the disk, and nothing
   remains: no roots, no memory, no variable.

   What is kept belongs to the process, is written on one thread before
   _PyPolicy_Active, and never changes or goes away afterwards, so every
   thread and interpreter reads it without a lock.  `started` alone changes,
   and only from one start to the next. */

#include "Python.h"
#include "pycore_initconfig.h"    // _PyStatus_OK()
#include "pycore_interp.h"        // _PyInterpreterState_GetConfig()
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_access.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_builtin.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Init()
#include "pycore_policy_extends.h"
#include "pycore_policy_find.h"
#include "pycore_policy_inherit.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_lock_find.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_read.h"
#include "pycore_policy_roots.h"
#include "pycore_policy_run.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"  // _PyPolicyStack_SetBase()
#include "pycore_principal.h"
#include "pycore_principal_cache.h"
#include "pycore_pylifecycle.h"    // _PyOS_URandomNonblock()
#include "pycore_principal_load.h"
#include "pycore_pyerrors.h"      // _PyErr_Occurred()
#include "pycore_pystate.h"

#include <stdlib.h>               // setenv()
#include <string.h>

/* A policy that holds: source[i] is where policies[i] came from, its path
   resolved up to the last component. */
typedef struct {
    size_t n;
    const _PyPolicy **policies;
    _PyPolicySource *sources;
    struct {
        dev_t device;
        ino_t inode;
    } *files;
    const char **origins;
    char **locks;               /* names of files, or NULL */
    uint64_t key;               /* of the sources' marks */
} Policies;

/* What is in force: the policies that were loaded, then one for each drop.
   Never changed, only replaced; the old ones stay for those who read them. */
typedef struct {
    size_t n;
    const _PyPolicy *policies[];
} Force;

static struct {
    Policies loaded;
    uint32_t starter;
    char *variable;               /* the same part for all children */
    int started;
    PyMutex mutex;                /* held by those who drop */
    Force *force;
    char **drops;                 /* their notes */
    size_t n_drops;
} setup;

/* --- One policy --------------------------------------------------------- */

/* The name of a policy for people: an archive is a directory to them. */
static char *
display_name(const _PyPolicySource *source)
{
    return source->member == NULL
        ? _PyPolicyRead_Copy(source->path)
        : _PyPolicyRead_Join(source->path, source->member);
}

static bool
is_loaded(const Policies *all, const _PyPolicySource *source,
          const _PyPolicyFile *file)
{
    for (size_t i = 0; i < all->n; i++) {
        const char *a = all->sources[i].member, *b = source->member;
        if (all->files[i].device == file->device
            && all->files[i].inode == file->inode
            && strcmp(a ? a : "", b ? b : "") == 0)
        {
            return true;
        }
    }
    return false;
}

/* What was handed down must still be what the parent enforces. */
static int
check_mark(const char *name, const _PyPolicySource *source, const char *mark)
{
    if (!source->inherited || strcmp(source->mark, mark) == 0) {
        return 0;
    }
    return _PyPolicyRead_Fail(
        name, "the policy has changed since the interpreter that started this "
        "one read it; start that again");
}

static int
keep(Policies *all, _PyPolicySource *source, const _PyPolicyFile *file,
     _PyPolicy *policy)
{
    static const char *const format = "inherited: %s";
    const char *name = _PyPolicyOrigin_Name(source->origin);
    if (source->inherited) {
        size_t size = strlen(format) + strlen(name);
        char *longer = PyMem_RawMalloc(size);
        if (longer == NULL) {
            return _PyPolicyRead_NoMemory();
        }
        snprintf(longer, size, format, name);
        name = longer;
    }
    all->policies[all->n] = policy;
    all->origins[all->n] = name;
    all->files[all->n].device = file->device;
    all->files[all->n].inode = file->inode;
    all->sources[all->n] = *source;
    all->n++;
    memset(source, 0, sizeof(*source));     /* its strings are ours now */
    return 0;
}

/* The first thing that is wrong: another text than the parent's comes before
   what is wrong in it. */
static int
fail_parse(const char *name, const _PyPolicySource *source,
           const _PyPolicyExtends *extends, const char *mark,
           const _PyPolicyError *error)
{
    if (!extends->said && check_mark(name, source, mark) == 0) {
        if (error->message == NULL) {
            _PyPolicyRead_NoMemory();
        }
        else {
            _PyPolicyRead_Line(error->message);
        }
    }
    return -1;
}

static int
parse(Policies *all, _PyPolicySource *source, const PyConfig *config,
      const _PyPolicyFile *file, const char *name)
{
    char mark[_PyPolicyContent_MARK];
    _PyPolicy *policy = NULL;
    _PyPolicyError error = {.message = NULL};
    _PyPolicyExtends extends;
    _PyPolicyFile lock;
    char *lock_name = NULL;
    int result = -1, locked = 0;
    if (_PyPolicyExtends_Begin(&extends, source, config, file) < 0
        || (locked = _PyPolicyLock_ReadBeside(source, &extends.content, &lock,
                                              &lock_name)) < 0)
    {
        goto done;
    }
    policy = _PyPolicy_Parse(name, file->text, file->len, &extends.extender,
                             &error);
    _PyPolicyContent_Mark(&extends.content, all->key, mark);
    if (policy == NULL) {
        result = fail_parse(name, source, &extends, mark, &error);
        goto done;
    }
    if (check_mark(name, source, mark) < 0
        || (locked && _PyPolicyLock_Take(&lock, lock_name) < 0))
    {
        goto done;
    }
    memcpy(source->mark, mark, sizeof(mark));
    source->content = extends.content;
    extends.content = (_PyPolicyContent){0};
    if (keep(all, source, file, policy) == 0) {
        all->locks[all->n - 1] = lock_name;
        lock_name = NULL;
        policy = NULL;
        result = 0;
    }
done:
    if (locked > 0) {
        PyMem_RawFree(lock.text);
    }
    PyMem_RawFree(lock_name);
    _PyPolicyExtends_Clear(&extends);
    _PyPolicyError_Clear(&error);
    _PyPolicy_Free(policy);
    return result;
}

static int
load(Policies *all, _PyPolicySource *source, const PyConfig *config)
{
    _PyPolicyFile file;
    int there = source->member != NULL
        ? _PyPolicyRead_Member(source->path, source->member,
                               _PyPolicy_MAX_FILE, &file)
        : _PyPolicyRead_File(source->path, _PyPolicy_MAX_FILE, &file);
    if (there == 0 && source->named_by != NULL) {
        return _PyPolicyRead_Fail(source->path, "there is no such file, but "
                                  "%s names it", source->named_by);
    }
    if (there <= 0) {
        return there;
    }
    int result = -1;
    char *name = NULL;
    /* A policy belongs to the place where it was found, even when a link
       puts it there. */
    char *path = _PyPolicyRead_Canonical(source->path);
    if (path == NULL) {
        goto done;
    }
    PyMem_RawFree(source->path);
    source->path = path;
    name = display_name(source);
    if (name == NULL) {
        goto done;
    }
    result = is_loaded(all, source, &file)
        ? 0 : parse(all, source, config, &file, name);
done:
    PyMem_RawFree(name);
    PyMem_RawFree(file.text);
    return result;
}

/* --- All of them -------------------------------------------------------- */

static void
clear_policies(Policies *all)
{
    for (size_t i = 0; i < all->n; i++) {
        _PyPolicy_Free((_PyPolicy *)all->policies[i]);
        if (all->sources[i].inherited) {
            PyMem_RawFree((char *)all->origins[i]);
        }
        PyMem_RawFree(all->locks[i]);
    }
    _PyPolicyFound sources = {.sources = all->sources, .n_sources = all->n};
    _PyPolicyFind_Clear(&sources);
    PyMem_RawFree(all->policies);
    PyMem_RawFree(all->files);
    PyMem_RawFree(all->origins);
    PyMem_RawFree(all->locks);
    memset(all, 0, sizeof(*all));
}

static int
load_all(Policies *all, _PyPolicyFound *found, const PyConfig *config)
{
    size_t n = found->n_sources;
    all->key = found->key;
    if (n > 0 && all->key == 0
        && _PyOS_URandomNonblock(&all->key, sizeof(all->key)) < 0)
    {
        return _PyPolicyRead_Fail(found->sources[0].path, "the system has no "
                                  "random numbers for the policy");
    }
    all->policies = PyMem_RawCalloc(n + 1, sizeof(*all->policies));
    all->sources = PyMem_RawCalloc(n + 1, sizeof(*all->sources));
    all->files = PyMem_RawCalloc(n + 1, sizeof(*all->files));
    all->origins = PyMem_RawCalloc(n + 1, sizeof(*all->origins));
    all->locks = PyMem_RawCalloc(n + 1, sizeof(*all->locks));
    if (all->policies == NULL || all->sources == NULL || all->files == NULL
        || all->origins == NULL || all->locks == NULL)
    {
        return _PyPolicyRead_NoMemory();
    }
    for (size_t i = 0; i < n; i++) {
        if (load(all, &found->sources[i], config) < 0) {
            return -1;
        }
    }
    return 0;
}

/* "$app" is relative to the directory of the file in which it stands. */
static int
register_named(const Policies *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const char *const *dirs;
        const char *name = _PyPolicy_AppFile(all->policies[i]);
        uint32_t n = _PyPolicy_AppDirs(all->policies[i], &dirs);
        if (n == 0) {
            continue;
        }
        char *dir = _PyPolicyRead_Copy(name);
        if (dir == NULL) {
            return -1;
        }
        _PyPolicyRead_ToDirname(dir);
        int result = 0;
        for (uint32_t j = 0; j < n && result == 0; j++) {
            result = _PyPolicyRoots_Named(name, dir, dirs[j]);
        }
        PyMem_RawFree(dir);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

static int
register_roots(const PyConfig *config, const _PyPolicyFound *found,
               const Policies *all)
{
    if (_PyPolicyRoots_Installed(config, found) < 0
        || (found->program != NULL
            && _PyPolicyRoots_Application(found->program) < 0))
    {
        return -1;
    }
    for (size_t i = 0; i < found->n_inherited; i++) {
        if (_PyPolicyRoots_Inherited(found->inherited[i]) < 0) {
            return -1;
        }
    }
    return register_named(all) < 0
           ? -1 : _PyPolicyRoots_SearchPath(config, found);
}

/* What the files of the policies are is settled with them. */
static int
prepare_files(const PyConfig *config, const _PyPolicyFound *found,
              const Policies *all)
{
    if (_PyPolicyFile_Init(config, found->venv, found->tmp,
                           found->home) < 0)
    {
        return _PyPolicyRead_NoMemory();
    }
    for (size_t i = 0; i < all->n; i++) {
        const char *name;
        for (uint32_t layer = 0;
             (name = _PyPolicy_LayerAt(all->policies[i], layer)) != NULL;
             layer++)
        {
            if (_PyPolicyFile_Protect(name) < 0) {
                return _PyPolicyRead_NoMemory();
            }
        }
    }
    return 0;
}

/* Into this process's own environment as well, for whatever starts children
   without asking Python: system(), a library, a plain exec. */
static char *
make_variable(const Policies *all, uint32_t starter,
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

/* What names of programs in the policies mean, for good. */
static int
find_programs(const _PyPolicyFound *found, const Policies *all)
{
    return _PyPolicyRun_Start(all->policies, all->n, found->search) < 0
           ? _PyPolicyRead_NoMemory() : 0;
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
force_with(const Policies *all, size_t room)
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
add_drop(const Policies *all, uint32_t starter, const char *note,
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

static int
find_and_load(const PyConfig *config)
{
    _PyPolicyFound found = {0};
    Policies all = {0};
    int result = -1;
    if (_PyPolicyFind_Sources(config, &found) < 0
        || load_all(&all, &found, config) < 0)
    {
        goto done;
    }
    if (all.n > 0) {
        if (register_roots(config, &found, &all) < 0
            || prepare_files(config, &found, &all) < 0
            || find_programs(&found, &all) < 0)
        {
            goto done;
        }
        if (found.starter == _PyPrincipal_STDLIB) {
            _PyPrincipalCache_Start(found.has_parent, found.cache);
        }
        char *variable = make_variable(&all, found.starter, NULL, 0);
        Force *force = force_with(&all, 0);
        if (variable == NULL || force == NULL) {
            _PyPolicyRead_NoMemory();
            goto done;
        }
        setup.loaded = all;
        setup.starter = found.starter;
        setup.variable = variable;
        setup.force = force;
        memset(&all, 0, sizeof(all));
        if (inherit_narrowing(&found) < 0) {
            goto done;
        }
        for (size_t i = 0; i < setup.loaded.n; i++) {
            _PyPolicyBeyond_Wanted |= _PyPolicy_IsStrict(
                setup.loaded.policies[i]);
        }
        if (_PyPolicyBeyond_Wanted || setup.starter != _PyPrincipal_STDLIB) {
            _PyPolicyStack_LookFurther();
        }
        _PyPolicyAccess_Begin();
        _PyPolicy_Active = 1;
        _PyPolicy_Judges |= _PyPolicy_JUDGES;
    }
    result = 0;
done:
    clear_policies(&all);
    _PyPolicyFind_Clear(&found);
    return result;
}

/* --- Start-up ----------------------------------------------------------- */

/* Every interpreter has an importlib and builtins of its own. */
static PyStatus
prepare_interpreter(PyThreadState *tstate)
{
    if (!_PyPolicy_Active) {
        return _PyStatus_OK();
    }
    if (_PyPrincipal_MarkImportSystem(tstate->interp->imports.importlib) < 0) {
        return _PyStatus_ERR("cannot prepare importlib for the policy");
    }
    if (_PyPolicyBuiltin_Guard(tstate) < 0) {
        return _PyErr_Occurred(tstate)
            ? _PyStatus_ERR("cannot guard builtins for the policy")
            : PyStatus_Exit(2);
    }
    tstate->interp->policy.prepared = 1;
    return _PyStatus_OK();
}

PyStatus
_PyPolicySetup_Init(PyThreadState *tstate)
{
    if (!_Py_IsMainInterpreter(tstate->interp)) {
        return prepare_interpreter(tstate);
    }
    _Py_atomic_store_int(&setup.started, 0);
    if (!_PyPolicy_Active
        && find_and_load(_PyInterpreterState_GetConfig(tstate->interp)) < 0)
    {
        return PyStatus_Exit(2);
    }
    if (_PyPolicy_Active) {
        _PyPolicyStack_SetBase(tstate, _PyPrincipal_STDLIB);
    }
    return prepare_interpreter(tstate);
}

void
_PyPolicySetup_Start(PyInterpreterState *Py_UNUSED(interp))
{
    _Py_atomic_store_int(&setup.started, 1);
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

bool
_PyPolicySetup_Started(void)
{
    return _Py_atomic_load_int_relaxed(&setup.started) != 0;
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
