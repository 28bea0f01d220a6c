/* Import or event x stack x policy: a verdict.

   Three questions, cheapest first.

   Does any policy speak of this at all?  Almost always no, and that answer
   is remembered: by a module's name, by the address of an event's literal.  So
   what nobody restricts costs a load and a comparison.

   Who is acting?  policy_stack.c tells; the answer is one integer.  Of a name,
   the last one who might import it is remembered.

   Are they all covered?  policy_verdict.c tells, for a module key as for a
   capability on a target.

   Several policies may be in force; each must allow. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_moduleobject.h"  // PyModuleObject.md_name
#include "pycore_policy_denial.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_library.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_refuse.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_verdict.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <stddef.h>
#include <string.h>

/* --- Imports ------------------------------------------------------------ */

/* Does the innermost principal import its own submodule, or the namespace in
   which it lies itself, which a statement for a submodule hands out?  A
   dependency may have the name of a module of the standard library, but that
   is not it. */
static bool
is_own(const _PyPolicyActing *acting, const char *module)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->inner, &members);
    if (n != 1
        || _PyPrincipal_IsStdlibName(module, strcspn(module, ".")))
    {
        return false;
    }
    const char *name = _PyPrincipal_Name(members[0]);
    return _PyPolicy_NameCovers(name, module)
           || (name[0] != '/' && _PyPolicy_NameCovers(module, name));
}

/* Whoever's statement it is: their functions raise no events. */
static int
judge_internal(PyThreadState *tstate, const char *name)
{
    if (!_PyPolicyGate_Restricts(_PyPolicy_FFI)) {
        return 0;
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI, .event = "import",
        .target = {.text = name, .len = strlen(name), .port = -1},
    };
    return _PyPolicyGate_ImportAccess(tstate, &access);
}

/* Judge the name and each package that holds it, outermost first.  *who_may:
   everybody may import it (FREE), or whoever did (1 + the set) for as long as
   nothing is dropped; 0: that is not to be remembered. */
static int
judge_import(PyThreadState *tstate, const char *name, uint32_t *who_may)
{
    size_t len = strlen(name);
    _PyPolicyActing acting = {0};
    bool walked = false, always = true;
    *who_may = 0;
    if (_PyPolicySetup_IsMaking(tstate->interp)) {
        return 0;
    }
    if (_PyPolicyAccess_IsInternal(name)) {
        always = false;         /* drop() may restrict it later */
        if (judge_internal(tstate, name) < 0) {
            return -1;
        }
    }
    if (_PyPolicyNarrow_HasKeys()) {
        walked = true;          /* whoever acts tells which permits hold */
        acting = _PyPolicyStack_Acting(tstate);
    }
    for (size_t end = 0; end < len; end++) {
        end += strcspn(name + end, ".");
        if (end > _PyPolicyGate_MAX_MODULE) {
            break;              /* no key is that long */
        }
        _PyPolicyQuestion q = {.module = name, .module_len = end};
        while (_PyPolicyVerdict_Next(&q, &acting)) {
            q.rule = _PyPolicyRule_OfImport(q.policy, name, end, end == len);
            if (q.rule == NULL || q.rule->everyone) {
                continue;
            }
            if (!walked) {
                walked = true;
                acting = _PyPolicyStack_Acting(tstate);
            }
            const char *who = _PyPolicyVerdict_Uncovered(&q, &acting);
            if (who == NULL || is_own(&acting, name)) {
                continue;
            }
            always = false;
            if (_PyPrincipal_IsStdlibName(name, strcspn(name, "."))
                && (acting.stdlib_body
                    || _PyPolicyStack_StdlibStatement(tstate)))
            {
                return 0;
            }
            char part[_PyPolicyGate_MAX_MODULE + 1];
            memcpy(part, name, end);
            part[end] = '\0';
            if (_PyPolicyRefuse_Report(tstate, part, &q, &acting, who,
                                       _PyPolicy_IMPORT) < 0)
            {
                return -1;
            }
        }
    }
    if (always && !walked) {
        *who_may = _PyPolicy_NAME_FREE;
    }
    else if (always && acting.inner == acting.set && !acting.interpreter
             && _PyPolicySetup_Started())
    {
        *who_may = 1 + acting.set;
    }
    return 0;
}

/* Where a name is remembered: by its hash, which whoever imports needs in any
   case.  NULL: it is not remembered at all. */
static inline struct _PyPolicyKnownName *
slot_of(PyThreadState *tstate, PyObject *name)
{
    if (!PyUnicode_CheckExact(name)) {
        return NULL;            /* its hash may be anybody's method */
    }
    Py_hash_t known = _PyASCIIObject_CAST(name)->hash;
    size_t hash = (size_t)(known != -1 ? known : PyObject_Hash(name));
    struct _PyPolicyKnownName **block = &tstate->interp->policy.names[
        hash / _PyPolicy_NAME_BLOCK % _PyPolicy_NAME_BLOCKS];
    if (*block == NULL) {
        *block = PyMem_RawCalloc(_PyPolicy_NAME_BLOCK, sizeof(**block));
    }
    return *block ? &(*block)[hash % _PyPolicy_NAME_BLOCK] : NULL;
}

/* Both have been hashed; hashes that are equal prove nothing. */
static inline bool
is_equal(PyObject *one, PyObject *other)
{
    Py_ssize_t len = PyUnicode_GET_LENGTH(one);
    int kind = PyUnicode_KIND(one);
    return _PyASCIIObject_CAST(one)->hash == _PyASCIIObject_CAST(other)->hash
           && len == PyUnicode_GET_LENGTH(other)
           && kind == PyUnicode_KIND(other)
           && memcmp(PyUnicode_DATA(one), PyUnicode_DATA(other),
                     (size_t)len * kind) == 0;
}

/* Is it this name?  Most names are interned; those that are put together
   (`json` of `json.decoder`) are not.  Of equal ones the interned one is
   remembered, for which one comparison tells. */
static inline bool
is_name(struct _PyPolicyKnownName *slot, PyObject *name)
{
    if (slot->name == name) {
        return true;
    }
    if (slot->name == NULL || !is_equal(slot->name, name)) {
        return false;
    }
    if (PyUnicode_CHECK_INTERNED(name)) {
        Py_SETREF(slot->name, Py_NewRef(name));
    }
    return true;
}

static inline int
count_changes(void)
{
    return _Py_atomic_load_int(&_PyPolicyAccess_Changes);
}

/* Nobody needs to be asked?  What a drop() says of modules ends that. */
static inline bool
is_known(PyThreadState *tstate, struct _PyPolicyKnownName *slot,
         PyObject *name)
{
    uint32_t met;
    return slot != NULL && !_PyPolicyNarrow_HasKeys() && is_name(slot, name)
           && (slot->who == _PyPolicy_NAME_FREE
               || (slot->changes == count_changes()
                   && _PyPolicyStack_IsUsual(tstate, &met)
                   && slot->who == 1 + met));
}

static void
remember(struct _PyPolicyKnownName *slot, PyObject *name, uint32_t who,
         int then)
{
#ifndef Py_GIL_DISABLED
    if (slot != NULL && who != 0) {
        slot->who = who;
        slot->changes = then;
        Py_XSETREF(slot->name, Py_NewRef(name));
    }
#endif
}

int
_PyPolicyGate_JudgeImport(PyThreadState *tstate, PyObject *name)
{
    if (_PyPolicyStack_IsAlone(tstate)) {
        return _PyPolicyLibrary_Asks(tstate, name);
    }
    struct _PyPolicyKnownName *slot = slot_of(tstate, name);
    if (is_known(tstate, slot, name)) {
        return 0;
    }
    uint32_t who = 0;
    int then = count_changes();
    PyObject *encoded = NULL;
    const char *text = PyUnicode_AsUTF8(name);
    if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        /* No key can hold a lone surrogate, but what stands in front of it
           may be one. */
        PyErr_Clear();
        encoded = PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass");
        text = encoded ? PyBytes_AS_STRING(encoded) : NULL;
    }
    int result = text ? judge_import(tstate, text, &who) : -1;
    Py_XDECREF(encoded);
    if (result == 0 && _PyPolicyLibrary_IsName(name)) {
        return _PyPolicyLibrary_Asks(tstate, name);     /* each time */
    }
    if (result == 0) {
        remember(slot, name, who, then);
    }
    return result;
}

int
_PyPolicyGate_JudgeModuleName(PyThreadState *tstate, const char *name)
{
    uint32_t who;
    return _PyPolicyStack_IsAlone(tstate) ? 0
           : judge_import(tstate, name, &who);
}

int
_PyPolicyGate_JudgeFrom(PyThreadState *tstate, PyObject *value)
{
    PyObject *name = ((PyModuleObject *)value)->md_name;
    if (name == NULL || !PyUnicode_Check(name)) {
        return 0;
    }
    return _PyPolicyGate_JudgeImport(tstate, name);
}

/* --- Calls of builtins -------------------------------------------------- */

int
_PyPolicyGate_JudgeBuiltin(PyThreadState *tstate, const char *name)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies), len = strlen(name);
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    for (size_t i = 0; i < n; i++) {
        const _PyPolicyRule *rule = _PyPolicy_FindRule(policies[i], name, len);
        /* A key "builtins" is about importing that module. */
        if (rule == NULL || rule->key_len != len || rule->everyone) {
            continue;
        }
        _PyPolicyQuestion q = {.number = i, .policy = policies[i],
                               .rule = rule};
        const char *who = _PyPolicyVerdict_Uncovered(&q, &acting);
        if (who != NULL && !acting.stdlib_body
            && _PyPolicyRefuse_Report(tstate, name, &q, &acting, who,
                                      _PyPolicy_EVENT) < 0)
        {
            return -1;
        }
    }
    return 0;
}

/* --- Questions without an access ---------------------------------------- */

int
_PyPolicyGate_Query(const char *principal, const char *module,
                    const _PyPolicy **policy, const _PyPolicyRule **rule,
                    const char **why)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    *policy = NULL;
    *rule = NULL;
    *why = NULL;
    for (size_t end = 0; module[end] != '\0'; end++) {
        end += strcspn(module + end, ".");
        for (size_t i = 0; i < n; i++) {
            const _PyPolicyRule *found = _PyPolicyRule_OfImport(
                policies[i], module, end, module[end] == '\0');
            if (found == NULL) {
                continue;
            }
            *policy = policies[i];
            *rule = found;
            _PyPolicyQuestion q = {.number = i, .policy = policies[i],
                                   .rule = found, .module = module,
                                   .module_len = end};
            *why = found->everyone ? ""
                   : _PyPolicyVerdict_CoveredBy(&q, principal);
            if (*why == NULL) {
                return 0;
            }
        }
        if (module[end] == '\0') {
            break;
        }
    }
    return 1;
}

static bool
is_denial(PyObject *object)
{
    PyObject *type = _PyInterpreterState_GET()->policy.import_denied;
    return type != NULL && PyObject_TypeCheck(object, (PyTypeObject *)type);
}

/* _imp.import_check(name): importlib is about to hand out, or to execute, a
   module of that name.  import_check(exception): or to take a submodule for
   absent, which it is not when it was refused. */
PyObject *
_PyPolicyGate_ImportCheck(PyObject *Py_UNUSED(module), PyObject *what)
{
    if (!_PyPolicy_Active) {
        Py_RETURN_NONE;
    }
    if (PyUnicode_Check(what)
        && _PyPolicyGate_JudgeImport(_PyThreadState_GET(), what) < 0)
    {
        return NULL;
    }
    if (is_denial(what)) {
        PyErr_SetRaisedException(Py_NewRef(what));
        return NULL;
    }
    Py_RETURN_NONE;
}

static void
clear_names(PyInterpreterState *interp)
{
    for (size_t block = 0; block < _PyPolicy_NAME_BLOCKS; block++) {
        struct _PyPolicyKnownName *names = interp->policy.names[block];
        interp->policy.names[block] = NULL;
        for (size_t i = 0; names != NULL && i < _PyPolicy_NAME_BLOCK; i++) {
            Py_XDECREF(names[i].name);
        }
        PyMem_RawFree(names);
    }
    for (size_t i = 0; i < _PyPolicy_FREE_EVENTS; i++) {
        Py_CLEAR(interp->policy.free_events[i]);
    }
    _PyPolicyGate_ForgetCode(interp);
    _PyPolicyPatch_ForgetCode(interp);
}

/* Interpreter shutdown: give back what the caches of names hold, and the
   classes, which secman and importpolicy have made without a policy too. */
void
_PyPolicyGate_Clear(PyInterpreterState *interp)
{
    if (_PyPolicy_Active) {
        clear_names(interp);
    }
    for (size_t i = 0; i < _PyPolicy_LOAD_NAMES; i++) {
        Py_CLEAR(interp->policy.load_names[i]);
    }
    _PyPolicyDenial_Clear(interp);
}
