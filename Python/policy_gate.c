/* Import or event x stack x policy: a verdict.

   Three questions, cheapest first.

   Does any policy speak of this at all?  Almost always no, and that answer
   is remembered: by the address of an interned name, by the address of an
   event's literal.  So what nobody restricts costs a load and a comparison.

   Who is acting?  policy_stack.c tells; the answer is one integer.

   Are they all covered?  policy_verdict.c tells, for a module key as for a
   capability on a target.

   Several policies may be in force; each must allow. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_moduleobject.h"  // PyModuleObject.md_name
#include "pycore_policy_ancestor.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_denial.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_log.h"    // _PyPolicyLog_Note()
#include "pycore_policy_narrow.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"
#include "pycore_secman.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <stddef.h>
#include <string.h>

/* --- No ------------------------------------------------------------------ */

static void
fill(_PyPolicyDenial *denial, PyThreadState *tstate, const char *what,
     const _PyPolicyQuestion *q, const _PyPolicyActing *acting,
     const char *who, _PyPolicyKind kind)
{
    uint32_t set = _PyPolicyNarrow_WithoutPermits(acting->set);
    set = _PyPolicy_IsStrict(q->policy) ? _PyPolicyBeyond_Plain(set)
                                        : _PyPolicyBeyond_Strip(set);
    *denial = (_PyPolicyDenial){
        .kind = kind,
        .what = what ? what
                : _PyPolicyCapability_Name(q->access->capability),
        .imported = kind == _PyPolicy_IMPORT ? what : NULL,
        .module = kind == _PyPolicy_IMPORT ? what
                  : q->rule != NULL ? q->rule->key : NULL,
        .policy = q->policy,
        .rule = q->rule,
        .access = q->access,
        .grant = q->grant,
        .acting = set ? set : _PyPrincipal_APPLICATION,
        .principal = who,
        .taken = q->permit ? "permit"
                 : _PyPolicySetup_IsDrop(q->policy) ? "drop" : NULL,
        .covers = _PyPolicyAncestor_Is,
    };
    denial->n_steps = _PyPolicyStack_Chain(tstate, denial->steps,
                                           _PyPolicyDenial_MAX_STEPS);
}

static int
refuse(PyThreadState *tstate, const char *what, const _PyPolicyQuestion *q,
       const _PyPolicyActing *acting, const char *who, _PyPolicyKind kind)
{
    _PyPolicyDenial denial;
    fill(&denial, tstate, what, q, acting, who, kind);
    return _PyPolicyDenial_Report(tstate, &denial);
}

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

/* Judge the name and each package that holds it, outermost first.  Sets
   *free when no policy speaks of any of them. */
static int
judge_import(PyThreadState *tstate, const char *name, bool *free)
{
    size_t len = strlen(name);
    _PyPolicyActing acting = {0};
    bool walked = false;
    *free = !_PyPolicySetup_IsMaking(tstate->interp);
    if (!*free) {
        return 0;
    }
    if (_PyPolicyAccess_IsInternal(name)) {
        *free = false;          /* drop() may restrict it later */
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
            *free = false;
            if (!walked) {
                walked = true;
                acting = _PyPolicyStack_Acting(tstate);
            }
            const char *who = _PyPolicyVerdict_Uncovered(&q, &acting);
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
            if (refuse(tstate, part, &q, &acting, who, _PyPolicy_IMPORT) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static PyObject **
free_slot(PyThreadState *tstate, PyObject *name)
{
    uintptr_t p = (uintptr_t)name;
    p = p >> 4 ^ p >> 13;
    PyObject ***block = &tstate->interp->policy.free_names[
        p / _PyPolicy_NAME_BLOCK % _PyPolicy_NAME_BLOCKS];
    if (*block == NULL) {
        *block = PyMem_RawCalloc(_PyPolicy_NAME_BLOCK, sizeof(PyObject *));
    }
    return *block ? &(*block)[p % _PyPolicy_NAME_BLOCK] : NULL;
}

int
_PyPolicyGate_JudgeImport(PyThreadState *tstate, PyObject *name)
{
    PyObject **slot = free_slot(tstate, name);
    if (slot != NULL && _Py_atomic_load_ptr_relaxed(slot) == name
        && !_PyPolicyNarrow_HasKeys())
    {
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

int _PyPolicyGate_Changes = 0;
const char *_PyPolicyGate_FreeEvents[_PyPolicyEvents_LITERALS];

/* Addresses of literals that name events of which no module key speaks. */
static const char *keyless_events[_PyPolicyEvents_LITERALS];

static int
count_changes(void)
{
    return _Py_atomic_load_int(&_PyPolicyGate_Changes);
}

static void
forget_allowed(_PyPolicyLiteral *literal)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(literal->allowed); i++) {
        _Py_atomic_store_uint32(&literal->allowed[i], 0);
    }
}

void
_PyPolicyGate_Forget(void)
{
    _Py_atomic_add_int(&_PyPolicyGate_Changes, 1);
    for (size_t i = 0; i < _PyPolicyEvents_LITERALS; i++) {
        _Py_atomic_store_ptr(&_PyPolicyGate_FreeEvents[i], NULL);
        _Py_atomic_store_ptr(&keyless_events[i], NULL);
        _PyPolicyLiteral *literal =
            _Py_atomic_load_ptr(&_PyPolicyEvents_Literals[i]);
        if (literal != NULL) {
            forget_allowed(literal);
        }
    }
}

/* The module keys that speak of the event. */
static int
judge_rules(PyThreadState *tstate, const char *event,
            const _PyPolicyActing *acting)
{
    _PyPolicyQuestion q = {.module = event};
    while (_PyPolicyVerdict_Next(&q, acting)) {
        q.rule = _PyPolicyRule_OfEvent(q.policy, event);
        if (q.rule == NULL || q.rule->everyone) {
            continue;
        }
        const char *who = _PyPolicyVerdict_Uncovered(&q, acting);
        if (who != NULL
            && refuse(tstate, event, &q, acting, who, _PyPolicy_EVENT) < 0)
        {
            return -1;
        }
    }
    return 0;
}

static bool
has_rule(const char *event, bool literal)
{
    int then = count_changes();
    const char **slot = &keyless_events[_PyPolicyEvents_Slot(event)];
    if (literal && _Py_atomic_load_ptr_relaxed(slot) == event) {
        return false;
    }
    bool found = _PyPolicyAccess_HasRule(event);
    if (literal && !found) {
        _Py_atomic_store_ptr(slot, (void *)event);
        if (count_changes() != then) {
            _Py_atomic_store_ptr(slot, NULL);
        }
    }
    return found;
}

/* Where it is kept that a set was allowed the event whatever it reaches: 1
   more than the set, which was innermost as well. */
static inline uint32_t *
place_of(_PyPolicyLiteral *literal, uint32_t set)
{
    return &literal->allowed[set % Py_ARRAY_LENGTH(literal->allowed)];
}

static void
remember_allowed(const char *event, const _PyPolicyActing *acting, int then)
{
    _PyPolicyLiteral *literal = _PyPolicyEvents_Known(event);
    if (literal == NULL || !_PyPolicySetup_Started() || acting->interpreter
        || acting->inner != acting->set)
    {
        return;
    }
    uint32_t *place = place_of(literal, acting->set);
    _Py_atomic_store_uint32(place, 1 + acting->set);
    if (count_changes() != then) {
        _Py_atomic_store_uint32(place, 0);
    }
}

/* Exactly one of `arguments` (as `format` says) and `tuple` may be given;
   without either the event is judged as if it had none.  `literal`: its name
   stays where it is.  Sets *free when no policy speaks of the event. */
static int
judge_event(PyThreadState *tstate, const char *event, bool literal,
            const char *format, va_list *arguments, PyObject *tuple,
            bool *free)
{
    int then = count_changes();
    bool ruled = has_rule(event, literal);
    const _PyPolicyEvent *row = _PyPolicyAccess_IsRestricted(event, literal);
    *free = !ruled && row == NULL;
    if (*free) {
        return 0;
    }
    /* What is allowed anyhow need not be found to be exempt.  But that tells
       what a code object is made for (code.__new__), and some acting sets are
       about to grow (marshal.load). */
    bool whole = ruled || row->capability == _PyPolicy_FFI;
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (!whole && _PyPolicyAccess_IsFree(row, event, &acting)) {
        if (literal) {
            remember_allowed(event, &acting, then);
        }
        return 0;
    }
    if (_PyPolicyExempt_Event(tstate, event, format, arguments)
        || _PyPolicyExempt_Acting(tstate, event,
                                  row ? row->capability
                                      : _PyPolicy_NO_CAPABILITY, &acting))
    {
        return 0;
    }
    if (strncmp(event, "marshal.load", 12) == 0) {
        /* Who imports did not choose what a loader without frames reads. */
        uint32_t maker = _PyPolicyStack_Maker(tstate);
        if (maker == _PyPrincipal_UNKNOWN) {
            acting.set = _PyPrincipal_Join(acting.set, maker);
        }
    }
    if (ruled && judge_rules(tstate, event, &acting) < 0) {
        return -1;
    }
    return row == NULL
           || (whole && _PyPolicyAccess_IsFree(row, event, &acting)) ? 0
        : _PyPolicyAccess_JudgeEvent(tstate, row, event, &acting, format,
                                     arguments, tuple);
}

static int
judge_literal(PyThreadState *tstate, const char *event, const char *format,
              va_list *arguments)
{
    const char **slot =
        &_PyPolicyGate_FreeEvents[_PyPolicyEvents_Slot(event)];
    if (_Py_atomic_load_ptr_relaxed(slot) == event) {
        return 0;
    }
    bool free;
    int then = count_changes();
    int result = judge_event(tstate, event, true, format, arguments, NULL,
                             &free);
    if (result == 0 && free) {
        _Py_atomic_store_ptr(slot, (void *)event);
        if (count_changes() != then) {
            _Py_atomic_store_ptr(slot, NULL);
        }
    }
    return result;
}

static Py_NO_INLINE int
judge_further(PyThreadState *tstate, const char *event,
              const char *format, va_list *arguments)
{
    if (_PyPolicy_Active
        && judge_literal(tstate, event, format, arguments) < 0)
    {
        return -1;
    }
    return _PyPolicy_Judges & _PyPolicy_MANAGES
        ? _PySecman_JudgeEvent(tstate, event, false, format, arguments, NULL)
        : 0;
}

/* Without a thread state there is no stack and no way to raise: the runtime
   is being set up or taken down. */
int
_PyPolicyGate_JudgeEvent(PyThreadState *tstate, const char *event,
                         const char *format, va_list *arguments)
{
    _PyPolicyLiteral *known = _PyPolicyEvents_Known(event);
    uint32_t met;
    if (tstate == NULL) {
        return 0;
    }
    if (known != NULL && _PyPolicy_Judges == _PyPolicy_JUDGES
        && _PyPolicyStack_IsUsual(tstate, &met)
        && _Py_atomic_load_uint32_relaxed(place_of(known, met)) == 1 + met)
    {
        return 0;
    }
    return judge_further(tstate, event, format, arguments);
}

/* Names of events that Python code raises and no policy restricts.  A slot is
   taken once; what its entry says holds for so many changes. */
typedef struct {
    int changes;
    char name[48];
} FreeName;

static FreeName *free_names[256];

/* The slot for the name; NULL when it is too long to be kept. */
static FreeName **
slot_of_name(const char *name)
{
    uint32_t hash = 2166136261u;
    size_t len = 0;
    for (; name[len] != '\0'; len++) {
        hash = (hash ^ (unsigned char)name[len]) * 16777619u;
    }
    return len < sizeof(free_names[0]->name)
           ? &free_names[(hash ^ hash >> 12) % 256] : NULL;
}

static void
remember_name(FreeName **slot, FreeName *known, const char *name, int then)
{
    FreeName *none = NULL;
    if (known != NULL) {
        if (strcmp(known->name, name) == 0) {
            _Py_atomic_store_int(&known->changes, then);
        }
        return;
    }
    known = PyMem_RawMalloc(sizeof(*known));
    if (known == NULL) {
        return;
    }
    known->changes = then;
    strcpy(known->name, name);
    if (!_Py_atomic_compare_exchange_ptr(slot, &none, known)) {
        PyMem_RawFree(known);
    }
}

/* The same by the object, for those that come again and again: constants in
   code.  Held, so that its address is not another's. */
static void
remember_object(PyInterpreterState *interp, PyObject *name, int then)
{
#ifndef Py_GIL_DISABLED
    struct _PyPolicyInterp *known = &interp->policy;
    if (known->free_events_of != then) {
        for (size_t i = 0; i < _PyPolicy_FREE_EVENTS; i++) {
            Py_CLEAR(known->free_events[i]);
        }
        known->free_events_of = then;
    }
    if (PyUnicode_CheckExact(name)) {
        Py_XSETREF(known->free_events[_PyPolicyGate_PlaceOf(name)],
                   Py_NewRef(name));
    }
#endif
}

static int
judge_named(PyThreadState *tstate, PyObject *name, const char *event,
            PyObject *tuple)
{
    bool free;
    int then = count_changes();
    FreeName **slot = slot_of_name(event);
    FreeName *known = slot != NULL ? _Py_atomic_load_ptr(slot) : NULL;
    if (known != NULL && _Py_atomic_load_int_relaxed(&known->changes) == then
        && strcmp(known->name, event) == 0)
    {
        if (name != NULL) {
            remember_object(tstate->interp, name, then);
        }
        return 0;
    }
    int result = judge_event(tstate, event, false, NULL, NULL, tuple, &free);
    if (result == 0 && free && slot != NULL) {
        remember_name(slot, known, event, then);
    }
    return result;
}

int
_PyPolicyGate_JudgeEventNamed(PyThreadState *tstate, PyObject *name,
                              const char *event, PyObject *tuple)
{
    if (tstate == NULL
        || (_PyPolicy_Active && judge_named(tstate, name, event, tuple) < 0))
    {
        return tstate == NULL ? 0 : -1;
    }
    return _PyPolicy_Judges & _PyPolicy_MANAGES
        ? _PySecman_JudgeEvent(tstate, event, false, NULL, NULL, tuple) : 0;
}

/* --- Accesses ------------------------------------------------------------ */

/* What no dependency may, whatever is granted: the first that acts. */
static int
judge_never(PyThreadState *tstate, const _PyPolicyAccess *access,
            const _PyPolicyActing *acting)
{
    const _PyPolicy *const *policies;
    const uint32_t *members;
    size_t n = _PyPolicySetup_Policies(&policies);
    uint32_t set = _PyPolicyBeyond_Strip(acting->set);
    _PyPolicyQuestion q = {.policy = policies[0], .access = access};
    for (size_t i = 0; i < n; i++) {
        if (_PyPolicy_IsStrict(policies[i])) {
            set = _PyPolicyBeyond_Plain(acting->set);
            q.policy = policies[i];
        }
    }
    if (n == 0 || _PyPrincipal_Members(set, &members) == 0) {
        return 0;
    }
    _PyPolicyDenial denial;
    fill(&denial, tstate, access->event, &q, acting,
         _PyPrincipal_Name(members[0]), _PyPolicy_ACCESS);
    return _PyPolicyDenial_Report(tstate, &denial);
}

/* One question to all policies. */
static int
judge_access(PyThreadState *tstate, const _PyPolicyAccess *access,
             const _PyPolicyActing *acting, bool imports)
{
    if (access->never) {
        return judge_never(tstate, access, acting);
    }
    if (_PyPolicyVerdict_IsKnown(access, acting)) {
        return 0;
    }
    bool logged = false;
    _PyPolicyQuestion q = {.access = access};
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, access->capability,
                                        access->event))
        {
            continue;
        }
        const char *who = _PyPolicyVerdict_Uncovered(&q, acting);
        if (who == NULL) {
            continue;
        }
        _PyPolicyDenial denial;
        fill(&denial, tstate, access->event, &q, acting, who,
             _PyPolicy_ACCESS);
        denial.imported = imports ? access->target.text : NULL;
        if (_PyPolicyDenial_Report(tstate, &denial) < 0) {
            return -1;
        }
        logged = true;          /* each time: a policy that only audits */
    }
    if (!logged) {
        _PyPolicyVerdict_Remember(access, acting);
    }
    return 0;
}

int
_PyPolicyGate_AccessBy(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting)
{
    return judge_access(tstate, access, acting, false);
}

int
_PyPolicyGate_ImportAccess(PyThreadState *tstate,
                           const _PyPolicyAccess *access)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    return judge_access(tstate, access, &acting, true);
}

/* The managers first.  1: the policies are to be asked as well. */
static int
ask_managers(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    if (_PySecman_DependsAtSeams(access->capability)) {
        int result = _PySecman_JudgeTarget(tstate, access->event,
                                           access->capability,
                                           &access->target);
        if (result < 0
            || ((_PyThreadStateImpl *)tstate)->policy.asks_managers)
        {
            return result;
        }
    }
    return _PyPolicy_Active ? 1 : 0;
}

int
_PyPolicyGate_AccessOf(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting)
{
    int result = ask_managers(tstate, access);
    return result > 0 ? _PyPolicyGate_AccessBy(tstate, access, acting)
                      : result;
}

int
_PyPolicyGate_Access(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    int result = ask_managers(tstate, access);
    if (result <= 0) {
        return result;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 0;
    }
    return _PyPolicyGate_AccessBy(tstate, access, &acting);
}

int
_PyPolicyGate_Allows(PyThreadState *tstate, const _PyPolicyAccess *access,
                     bool log)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 1;
    }
    return _PyPolicyGate_AllowsTo(tstate, access, &acting, log);
}

int
_PyPolicyGate_Covers(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 1;
    }
    _PyPolicyQuestion q = {.access = access};
    while (_PyPolicyVerdict_Next(&q, &acting)) {
        if (_PyPolicyPermission_Speaks(q.policy, access->capability,
                                       access->event)
            && _PyPolicyVerdict_Uncovered(&q, &acting) != NULL)
        {
            return 0;
        }
    }
    return 1;
}

int
_PyPolicyGate_AllowsTo(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting, bool log)
{
    _PyPolicyQuestion q = {.access = access};
    if (_PyPolicyVerdict_IsKnown(access, acting)) {
        return 1;
    }
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, access->capability,
                                        access->event))
        {
            continue;
        }
        const char *who = _PyPolicyVerdict_Uncovered(&q, acting);
        if (who != NULL) {
            if (log) {
                _PyPolicyDenial denial;
                fill(&denial, tstate, access->event, &q, acting, who,
                     _PyPolicy_ACCESS);
                _PyPolicyLog_Note(&denial);
            }
            if (!_PyPolicy_IsAudit(q.policy)) {
                return 0;
            }
        }
    }
    _PyPolicyVerdict_Remember(access, acting);
    return 1;
}

int
_PyPolicyGate_AllowsAllTo(_PyPolicyCapability capability, const char *event,
                          const _PyPolicyActing *acting)
{
    _PyPolicyAccess access = {.capability = capability, .event = event};
    _PyPolicyQuestion q = {.access = &access, .any_target = true};
    int result = 1;
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, capability, event)) {
            continue;
        }
        if (_PyPolicyVerdict_Uncovered(&q, acting) != NULL) {
            /* Audit mode has to log what is reached. */
            if (!_PyPolicy_IsAudit(q.policy)) {
                return 0;
            }
            result = -1;
        }
        if (q.depends) {
            result = -1;
        }
    }
    return result;
}

int
_PyPolicyGate_AllowsAll(PyThreadState *tstate, _PyPolicyCapability capability,
                        const char *event)
{
    if (_PySecman_DependsAtSeams(capability)) {
        return -1;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, event, capability, &acting)) {
        return 1;
    }
    return _PyPolicyGate_AllowsAllTo(capability, event, &acting);
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
            && refuse(tstate, name, &q, &acting, who, _PyPolicy_EVENT) < 0)
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

/* Interpreter shutdown: give back what the name cache holds. */
void
_PyPolicyGate_Clear(PyInterpreterState *interp)
{
    if (!_PyPolicy_Active) {
        return;
    }
    for (size_t block = 0; block < _PyPolicy_NAME_BLOCKS; block++) {
        PyObject **names = interp->policy.free_names[block];
        interp->policy.free_names[block] = NULL;
        for (size_t i = 0; names != NULL && i < _PyPolicy_NAME_BLOCK; i++) {
            Py_XDECREF(names[i]);
        }
        PyMem_RawFree(names);
    }
    for (size_t i = 0; i < _PyPolicy_FREE_EVENTS; i++) {
        Py_CLEAR(interp->policy.free_events[i]);
    }
    _PyPolicyDenial_Clear(interp);
}
