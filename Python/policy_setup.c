/* In which order does a process come under its policies?

   The only file that knows start-up order:

     the configuration is complete       policy_find.c lists the places
     each file is read, hashed, parsed,  policy_setup_load.c
     with what it extends, and the lock
     that lies beside it
     roots are registered                policy_roots.c
     programs are looked up              policy_run.c
     the variable for children is set    policy_setup_force.c
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
   remains: no roots, no memory, no variable. */

#include "Python.h"
#include "pycore_initconfig.h"    // _PyStatus_OK()
#include "pycore_interp.h"        // _PyInterpreterState_GetConfig()
#include "pycore_policy_access.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_builtin.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Init()
#include "pycore_policy_read.h"
#include "pycore_policy_roots.h"
#include "pycore_policy_run.h"
#include "pycore_policy_setup_impl.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_base.h"
#include "pycore_principal.h"
#include "pycore_principal_cache.h"
#include "pycore_principal_load.h"
#include "pycore_pyerrors.h"      // _PyErr_Occurred()
#include "pycore_pystate.h"

/* Has the application begun?  0 again when the runtime is initialised once
   more. */
static int started;

/* --- What the policies say of the machine ------------------------------- */

/* "$app" is relative to the directory of the file in which it stands. */
static int
register_named(const _PyPolicyLoaded *all)
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
               const _PyPolicyLoaded *all)
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
              const _PyPolicyLoaded *all)
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

/* What names of programs in the policies mean, for good. */
static int
find_programs(const _PyPolicyFound *found, const _PyPolicyLoaded *all)
{
    return _PyPolicyRun_Start(all->policies, all->n, found->search) < 0
           ? _PyPolicyRead_NoMemory() : 0;
}

static void
begin_judging(void)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    bool alone = _PyPolicySetup_Starter() == _PyPrincipal_STDLIB;
    for (size_t i = 0; i < n; i++) {
        _PyPolicyBeyond_Wanted |= _PyPolicy_IsStrict(policies[i]);
    }
    if (_PyPolicyBeyond_Wanted || !alone) {
        _PyPolicyStack_LookFurther();
    }
    _PyPolicyAccess_Begin();
    _Py_atomic_store_int(&_PyPrincipal_Alone, alone);
    _PyPolicy_Active = 1;
    _PyPolicy_Judges |= _PyPolicy_JUDGES;
}

static int
find_and_load(const PyConfig *config)
{
    _PyPolicyFound found = {0};
    _PyPolicyLoaded all = {0};
    int result = -1;
    if (_PyPolicyFind_Sources(config, &found) < 0
        || _PyPolicySetup_Load(&all, &found, config) < 0)
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
        if (_PyPolicySetup_Enforce(&all, &found) < 0) {
            goto done;
        }
        begin_judging();
    }
    result = 0;
done:
    _PyPolicySetup_ClearLoaded(&all);
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
    _Py_atomic_store_int(&started, 0);
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
    _PyPrincipal_EndAlone();
    _Py_atomic_store_int(&started, 1);
}

bool
_PyPolicySetup_Started(void)
{
    return _Py_atomic_load_int_relaxed(&started) != 0;
}
