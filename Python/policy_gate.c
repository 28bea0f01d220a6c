/* Import or event x stack x policy: a verdict.

   Three questions, cheapest first.

   Does any policy speak of this at all?  Almost always no, and that answer
   is remembered: by the address of an interned name, by the address of an
   event's literal.  So what nobody restricts costs a load and a comparison.

   Who is acting?  policy_stack.c tells; the answer is one integer.

   Are they all covered?  A principal is covered when the key's list names
   it, or names an ancestor: a package whose distribution requires it (or,
   where there is no distribution, whose statements import it).  The first
   yes for a rule and an acting set is remembered.  A no is not: it is rare,
   and a package that is loaded later may add an ancestor.

   Several policies may be in force; each must allow. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_moduleobject.h"  // PyModuleObject.md_name
#include "pycore_policy_denial.h"
#include "pycore_policy_events.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>           // AF_UNIX

/* --- Is a principal covered? -------------------------------------------- */

/* Granted and asked for have no distribution in common: do the statements of
   the granted one lead to the other? */
static bool
imports_lead_to(const char *granted, const char *name, int depth)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    uint32_t set = _PyPrincipal_Named(granted);
    if (installed == NULL || set == _PyPrincipal_UNKNOWN || depth == 0) {
        return false;
    }
    if (_PyPrincipal_DoesImport(set, name)) {
        return true;
    }
    int wanted = _PyDistributions_OwnerOf(installed, name);
    const void *cursor = NULL;
    const char *imported;
    while ((imported = _PyPrincipal_NextImport(set, &cursor)) != NULL) {
        char prefix[256];
        size_t len = strlen(imported);
        if (len >= sizeof(prefix)) {
            continue;
        }
        memcpy(prefix, imported, len + 1);
        for (;;) {
            int owner = _PyDistributions_OwnerOf(installed, prefix);
            if (owner >= 0) {
                if (wanted >= 0
                    && _PyDistributions_Covers(installed, owner, wanted))
                {
                    return true;
                }
                break;
            }
            if (strcmp(prefix, granted) != 0
                && imports_lead_to(prefix, name, depth - 1))
            {
                return true;
            }
            char *dot = strrchr(prefix, '.');
            if (dot == NULL) {
                break;
            }
            *dot = '\0';
        }
    }
    return false;
}

/* How deep a chain of packages without metadata may be. */
#define MAX_UNDECLARED 8

static bool
is_ancestor(const _PyPolicy *policy, const char *granted, const char *name)
{
    uint32_t n;
    const char *const *packages;
    if (_PyPolicy_Packages(policy, granted, &n, &packages)) {
        for (uint32_t i = 0; i < n; i++) {
            if (strcmp(packages[i], name) == 0) {
                return true;
            }
        }
        return false;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return false;
    }
    int owner = _PyDistributions_OwnerOf(installed, granted);
    if (owner < 0 && _PyDistributions_IsContested(installed, granted)) {
        return false;
    }
    if (owner < 0) {
        return imports_lead_to(granted, name, MAX_UNDECLARED);
    }
    int wanted = _PyDistributions_OwnerOf(installed, name);
    return wanted >= 0 && _PyDistributions_Covers(installed, owner, wanted);
}

/* Returns whose grant covers the principal: "" its own, else the ancestor's
   name; NULL when it is not covered. */
static const char *
covered_by(const _PyPolicy *policy, const _PyPolicyRule *rule,
           const char *name)
{
    if (rule->everyone || _PyPolicy_RuleNames(rule, name)) {
        return "";
    }
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (is_ancestor(policy, rule->names[i], name)) {
            return rule->names[i];
        }
    }
    return NULL;
}

/* --- The verdict -------------------------------------------------------- */

static bool
is_member(uint32_t set, uint32_t principal)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    for (size_t i = 0; i < n; i++) {
        if (members[i] == principal) {
            return true;
        }
    }
    return false;
}

/* The first of a set that the rule does not cover; NULL when it covers all.
   Hosts that are not innermost are left out, unless told otherwise; *judged
   counts the others. */
static const char *
first_uncovered(const _PyPolicy *policy, const _PyPolicyRule *rule,
                const _PyPolicyActing *acting, bool hosts, size_t *judged)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->set, &members);
    *judged = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (members[i] == 0) {
            return name;
        }
        if (!hosts && _PyPolicy_IsHost(policy, name)
            && !is_member(acting->inner, members[i]))
        {
            continue;
        }
        (*judged)++;
        if (covered_by(policy, rule, name) == NULL) {
            return name;
        }
    }
    return NULL;
}

static const char *
uncovered(const _PyPolicy *policy, const _PyPolicyRule *rule,
          const _PyPolicyActing *acting)
{
    size_t judged;
    if (rule->everyone) {
        return NULL;
    }
    const char *who = first_uncovered(policy, rule, acting, false, &judged);
    if (who == NULL && judged == 0 && acting->set != _PyPrincipal_STDLIB) {
        /* Hosts are all there is. */
        who = first_uncovered(policy, rule, acting, true, &judged);
    }
    if (who == NULL && judged == 0 && !rule->application
        && _PyPolicySetup_Started())
    {
        who = "__main__";
    }
    return who;
}

/* Yes, remembered: policy, rule, acting set and innermost set in one word,
   whole or absent.  What does not fit is judged each time. */
static uint64_t verdicts[1024];

static uint64_t
verdict_key(size_t policy, const _PyPolicyRule *rule,
            const _PyPolicyActing *acting)
{
    if (policy >= 16 || rule->index >= 1u << 17
        || acting->set >= 1u << 21 || acting->inner >= 1u << 21
        || !_PyPolicySetup_Started())
    {
        return 0;
    }
    return 1 | (uint64_t)policy << 1 | (uint64_t)rule->index << 5
           | (uint64_t)acting->set << 22 | (uint64_t)acting->inner << 43;
}

static const char *
judge(size_t i, const _PyPolicy *policy, const _PyPolicyRule *rule,
      const _PyPolicyActing *acting)
{
    uint64_t key = verdict_key(i, rule, acting);
    uint64_t *slot = &verdicts[(key ^ key >> 11 ^ key >> 23) % 1024];
    if (key != 0 && _Py_atomic_load_uint64_relaxed(slot) == key) {
        return NULL;
    }
    const char *who = uncovered(policy, rule, acting);
    if (who == NULL && key != 0) {
        _Py_atomic_store_uint64_relaxed(slot, key);
    }
    return who;
}

static int
refuse(PyThreadState *tstate, _PyPolicyKind kind, const char *what,
       const _PyPolicy *policy, const _PyPolicyRule *rule,
       const _PyPolicyActing *acting, const char *who)
{
    _PyPolicyDenial denial = {
        .kind = kind,
        .what = what,
        .module = kind == _PyPolicy_IMPORT ? what : rule->key,
        .policy = policy,
        .rule = rule,
        .acting = acting->set ? acting->set : _PyPrincipal_APPLICATION,
        .principal = who,
        .covers = is_ancestor,
    };
    denial.n_steps = _PyPolicyStack_Chain(tstate, denial.steps,
                                          _PyPolicyDenial_MAX_STEPS);
    return _PyPolicyDenial_Report(tstate, &denial);
}

/* --- Imports ------------------------------------------------------------ */

/* Does the innermost principal import its own submodule? */
static bool
is_own(const _PyPolicyActing *acting, const char *module)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->inner, &members);
    if (n != 1) {
        return false;
    }
    const char *name = _PyPrincipal_Name(members[0]);
    size_t len = strlen(name);
    return strncmp(module, name, len) == 0
           && (module[len] == '.' || module[len] == '\0');
}

/* Judge the name and each package that holds it, outermost first.  Sets
   *free when no policy speaks of any of them. */
static int
judge_import(PyThreadState *tstate, const char *name, bool *free)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies), len = strlen(name);
    _PyPolicyActing acting;
    bool walked = false;
    *free = true;
    for (size_t end = 0; end < len; end++) {
        end += strcspn(name + end, ".");
        if (end > _PyPolicyGate_MAX_MODULE) {
            break;              /* no key is that long */
        }
        for (size_t i = 0; i < n; i++) {
            const _PyPolicyRule *rule = _PyPolicyRule_OfModule(policies[i],
                                                               name, end);
            if (rule == NULL || rule->everyone) {
                continue;
            }
            *free = false;
            if (!walked) {
                walked = true;
                acting = _PyPolicyStack_Acting(tstate);
            }
            const char *who = judge(i, policies[i], rule, &acting);
            if (who == NULL || is_own(&acting, name)) {
                continue;
            }
            if (_PyPrincipal_IsStdlibName(name, strcspn(name, "."))
                && (acting.stdlib_body
                    || _PyPolicyStack_StdlibStatement(tstate)))
            {
                return 0;
            }
            char part[_PyPolicyGate_MAX_MODULE + 1];
            memcpy(part, name, end);
            part[end] = '\0';
            if (refuse(tstate, _PyPolicy_IMPORT, part, policies[i], rule,
                       &acting, who) < 0)
            {
                return -1;
            }
        }
    }
    return 0;
}

static PyObject **
free_slot(PyThreadState *tstate, PyObject *name)
{
    struct _PyPolicyInterp *state = &tstate->interp->policy;
    if (state->free_names == NULL) {
        state->free_names = PyMem_RawCalloc(_PyPolicy_NAME_CACHE,
                                            sizeof(PyObject *));
    }
    uintptr_t p = (uintptr_t)name;
    return state->free_names == NULL ? NULL
        : &state->free_names[(p >> 4 ^ p >> 13) & (_PyPolicy_NAME_CACHE - 1)];
}

int
_PyPolicyGate_JudgeImport(PyThreadState *tstate, PyObject *name)
{
    PyObject **slot = free_slot(tstate, name);
    if (slot != NULL && _Py_atomic_load_ptr_relaxed(slot) == name) {
        return 0;
    }
    bool free;
    PyObject *encoded = NULL;
    const char *text = PyUnicode_AsUTF8(name);
    if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        /* No key can hold a lone surrogate, but what stands in front of it
           may be one. */
        PyErr_Clear();
        encoded = PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass");
        text = encoded ? PyBytes_AS_STRING(encoded) : NULL;
    }
    int result = text ? judge_import(tstate, text, &free) : -1;
    Py_XDECREF(encoded);
#ifndef Py_GIL_DISABLED
    if (result == 0 && free && slot != NULL && PyUnicode_CheckExact(name)
        && PyUnicode_CHECK_INTERNED(name))
    {
        Py_XSETREF(*slot, Py_NewRef(name));
    }
#endif
    return result;
}

int
_PyPolicyGate_JudgeModuleName(PyThreadState *tstate, const char *name)
{
    bool free;
    return judge_import(tstate, name, &free);
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

/* --- Audit events ------------------------------------------------------- */

/* Addresses of literals that name events which no policy restricts. */
static const char *free_events[1024];

/* What the import system does by itself: it lists the directories on the
   path, looks at files there, unmarshals what the C loader has read, and
   writes what that has compiled. */
static bool
is_import_system(PyThreadState *tstate, const char *event)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    if (strncmp(event, "marshal.", 8) == 0) {
        return thread->marshalling
               && _PyPolicyStack_ImportSystem(tstate, NULL);
    }
    if (strcmp(event, "os.listdir") == 0) {
        return _PyPolicyStack_ImportSystem(tstate, "_fill_cache");
    }
    if (strcmp(event, "os.stat") == 0) {
        return _PyPolicyStack_ImportSystemCalls(tstate, "_path_stat");
    }
    return thread->caching
           && (strcmp(event, "os.mkdir") == 0
               || strcmp(event, "os.rename") == 0
               || strcmp(event, "os.remove") == 0)
           && (_PyPolicyStack_ImportSystem(tstate, "set_data")
               || _PyPolicyStack_ImportSystem(tstate, "_write_atomic"));
}

/* Reading files, and registering what is called later (threading does, to
   survive forks). */
static bool
is_body_work(const char *event)
{
    const _PyPolicyEvent *row = _PyPolicyEvents_Find(event);
    return strncmp(event, "marshal.", 8) == 0
           || (row != NULL
               && (row->capability == _PyPolicy_READ
                   || (row->added
                       && row->capability == _PyPolicy_NO_CAPABILITY)));
}

/* What a body of the standard library does while it is loaded, and what its
   generators of classes and its loggers do for whoever calls them, confers
   nothing; and some events are the interpreter's own. */
static bool
is_introspection(PyThreadState *tstate, const char *event,
                 const _PyPolicyActing *acting)
{
    static const char *const FILES[] = {
        "/collections/__init__.py", "/dataclasses.py", "/enum.py",
        "/functools.py", "/logging/__init__.py", "/typing.py",
        "/warnings.py", NULL
    };
    if (strcmp(event, "sys.excepthook") == 0
        || strcmp(event, "sys.unraisablehook") == 0)
    {
        return true;
    }
    if (strcmp(event, "sys._getframe") != 0
        && strcmp(event, "sys._getframemodulename") != 0)
    {
        return acting->stdlib_body && is_body_work(event);
    }
    return acting->stdlib_body || _PyPolicyStack_StdlibFile(tstate, FILES);
}

/* An AF_UNIX socket object alone reaches nobody: what connects, binds or
   sends has events of its own.  asyncio makes a pair to wake itself. */
static bool
is_harmless(const char *event, const char *format, va_list *arguments)
{
    if (strcmp(event, "socket.__new__") != 0 || arguments == NULL
        || format == NULL || strcmp(format, "Oiii") != 0)
    {
        return false;
    }
    va_list copy;
    va_copy(copy, *arguments);
    (void)va_arg(copy, PyObject *);
    int family = va_arg(copy, int);
    va_end(copy);
    return family == AF_UNIX;
}

static int
judge_event(PyThreadState *tstate, const char *event, const char *format,
            va_list *arguments, bool *free)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    _PyPolicyActing acting;
    bool walked = false;
    *free = true;
    for (size_t i = 0; i < n; i++) {
        const _PyPolicyRule *rule = _PyPolicyRule_OfEvent(policies[i], event);
        if (rule == NULL || rule->everyone) {
            continue;
        }
        *free = false;
        if (is_harmless(event, format, arguments)
            || is_import_system(tstate, event))
        {
            return 0;
        }
        if (!walked) {
            walked = true;
            acting = _PyPolicyStack_Acting(tstate);
        }
        const char *who = judge(i, policies[i], rule, &acting);
        if (who != NULL && !is_introspection(tstate, event, &acting)
            && refuse(tstate, _PyPolicy_EVENT, event, policies[i], rule,
                      &acting, who) < 0)
        {
            return -1;
        }
    }
    return 0;
}

int
_PyPolicyGate_JudgeEvent(PyThreadState *tstate, const char *event,
                         const char *format, va_list *arguments)
{
    uintptr_t p = (uintptr_t)event;
    const char **slot = &free_events[(p >> 2 ^ p >> 12) % 1024];
    if (_Py_atomic_load_ptr_relaxed(slot) == event || tstate == NULL) {
        /* Without a thread state there is no stack and no way to raise:
           the runtime is being set up or taken down. */
        return 0;
    }
    bool free;
    int result = judge_event(tstate, event, format, arguments, &free);
    if (result == 0 && free) {
        _Py_atomic_store_ptr_relaxed(slot, (void *)event);
    }
    return result;
}

int
_PyPolicyGate_JudgeEventNamed(PyThreadState *tstate, const char *event)
{
    bool free;
    return tstate == NULL ? 0
                          : judge_event(tstate, event, NULL, NULL, &free);
}

/* --- Questions without an access ---------------------------------------- */

int
_PyPolicyGate_Query(const char *principal, const char *module,
                    const _PyPolicy **policy, const _PyPolicyRule **rule,
                    const char **why)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    bool application = strcmp(principal, "__main__") == 0;
    *policy = NULL;
    *rule = NULL;
    *why = NULL;
    for (size_t end = 0; module[end] != '\0'; end++) {
        end += strcspn(module + end, ".");
        for (size_t i = 0; i < n; i++) {
            const _PyPolicyRule *found = _PyPolicyRule_OfModule(policies[i],
                                                                module, end);
            if (found == NULL) {
                continue;
            }
            *policy = policies[i];
            *rule = found;
            *why = application
                ? (found->everyone || found->application ? "" : NULL)
                : covered_by(policies[i], found, principal);
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

/* _imp.import_check(name): importlib is about to hand out, or to execute, a
   module of that name. */
PyObject *
_PyPolicyGate_ImportCheck(PyObject *Py_UNUSED(module), PyObject *name)
{
    if (_PyPolicy_Active && PyUnicode_Check(name)
        && _PyPolicyGate_JudgeImport(_PyThreadState_GET(), name) < 0)
    {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* _imp.is_denial(exception): importlib must not take a refused submodule for
   an absent one. */
PyObject *
_PyPolicyGate_IsDenial(PyObject *Py_UNUSED(module), PyObject *exception)
{
    PyObject *type = _PyInterpreterState_GET()->policy.import_denied;
    return PyBool_FromLong(type != NULL
                           && PyObject_TypeCheck(exception,
                                                 (PyTypeObject *)type));
}

/* Interpreter shutdown: give back what the name cache holds. */
void
_PyPolicyGate_Clear(PyInterpreterState *interp)
{
    PyObject **names = interp->policy.free_names;
    interp->policy.free_names = NULL;
    for (size_t i = 0; names != NULL && i < _PyPolicy_NAME_CACHE; i++) {
        Py_XDECREF(names[i]);
    }
    PyMem_RawFree(names);
    _PyPolicyDenial_Clear(interp);
}
