/* May whoever acts raise this audit event?

   Does any policy speak of the event at all?  Almost always no, and that
   answer is remembered: by the address of the event's literal, by that of the
   object that Python code gives as its name, by the name.  Where one does,
   and whoever acts may raise the event whatever it reaches, that is
   remembered as well, by the literal and the acting set.  All of it is
   forgotten when what is in force changes; an answer that was found while it
   did is not kept.

   Called by PySys_Audit(), sys.audit() and what adds events; policy_gate.c
   tells the rest of it. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_added.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_refuse.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"
#include "pycore_pystate.h"       // _Py_IsMainInterpreter()
#include "pycore_secman.h"

#include <stddef.h>
#include <string.h>

const char *_PyPolicyGate_FreeEvents[_PyPolicyEvents_LITERALS];

static int
count_changes(void)
{
    return _Py_atomic_load_int(&_PyPolicyAccess_Changes);
}

static void
forget_known(_PyPolicyLiteral *literal)
{
    _Py_atomic_store_int(&literal->keyless, 0);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(literal->allowed); i++) {
        _Py_atomic_store_uint32(&literal->allowed[i], 0);
    }
}

void
_PyPolicyGate_Forget(void)
{
    for (size_t i = 0; i < _PyPolicyEvents_LITERALS; i++) {
        _Py_atomic_store_ptr(&_PyPolicyGate_FreeEvents[i], NULL);
        _PyPolicyLiteral *literal =
            _Py_atomic_load_ptr(&_PyPolicyEvents_Literals[i]);
        if (literal != NULL) {
            forget_known(literal);
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
            && _PyPolicyRefuse_Report(tstate, event, &q, acting, who,
                                      _PyPolicy_EVENT) < 0)
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
    _PyPolicyLiteral *known = NULL;
    if (literal) {
        (void)_PyPolicyEvents_FindLiteral(event);
        known = _PyPolicyEvents_Known(event);
    }
    if (known != NULL && _Py_atomic_load_int_relaxed(&known->keyless)) {
        return false;
    }
    bool found = _PyPolicyAccess_HasRule(event);
    if (known != NULL && !found && _PyPolicyAccess_BeginKeeping(then)) {
        _Py_atomic_store_int(&known->keyless, 1);
        _PyPolicyAccess_EndKeeping();
    }
    return found;
}

int
_PyPolicyGate_JudgeKeys(PyThreadState *tstate, const char *event,
                        _PyPolicyCapability capability)
{
    if (!has_rule(event, true)) {
        return 0;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    return _PyPolicyExempt_Event(tstate, event, NULL, NULL)
           || _PyPolicyExempt_Acting(tstate, event, capability, &acting) ? 0
        : judge_rules(tstate, event, &acting);
}

/* Where it is kept that a set was allowed the event whatever it reaches: 1
   more than the set, which was innermost as well. */
static inline uint32_t *
place_of(_PyPolicyLiteral *literal, uint32_t set)
{
    return &literal->allowed[set % Py_ARRAY_LENGTH(literal->allowed)];
}

/* Not of events of native code: exemptions have to hear of those each time
   (see below). */
static void
remember_allowed(const char *event, const _PyPolicyActing *acting, int then)
{
    _PyPolicyLiteral *literal = _PyPolicyEvents_Known(event);
    if (literal == NULL || !_PyPolicySetup_Started() || acting->interpreter
        || acting->inner != acting->set
        || (literal->row != NULL
            && literal->row->capability == _PyPolicy_FFI))
    {
        return;
    }
    if (_PyPolicyAccess_BeginKeeping(then)) {
        _Py_atomic_store_uint32(place_of(literal, acting->set),
                                1 + acting->set);
        _PyPolicyAccess_EndKeeping();
    }
}

/* Exactly one of `arguments` (as `format` says) and `tuple` may be given;
   without either the event is judged as if it had none.  `literal`: its name
   stays where it is.  `met`: who acts, when that is known already.  Sets *free
   when no policy speaks of the event. */
static int
judge_event(PyThreadState *tstate, const char *event, bool literal,
            const _PyPolicyActing *met, const char *format,
            va_list *arguments, PyObject *tuple, bool *free)
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
    _PyPolicyActing acting = met != NULL ? *met
                                         : _PyPolicyStack_Acting(tstate);
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
    if (row == NULL
        || (whole && _PyPolicyAccess_IsFree(row, event, &acting)))
    {
        /* A key that only logs has to be heard each time. */
        if (literal && !_PyPolicyGate_OnlyLogs()) {
            remember_allowed(event, &acting, then);
        }
        return 0;
    }
    return _PyPolicyAccess_JudgeEvent(tstate, row, event, &acting, format,
                                      arguments, tuple);
}

static int
judge_literal(PyThreadState *tstate, const char *event,
              const _PyPolicyActing *met, const char *format,
              va_list *arguments)
{
    const char **slot =
        &_PyPolicyGate_FreeEvents[_PyPolicyEvents_Slot(event)];
    if (_Py_atomic_load_ptr_relaxed(slot) == event) {
        return 0;
    }
    bool free;
    int then = count_changes();
    int result = judge_event(tstate, event, true, met, format, arguments,
                             NULL, &free);
    if (result == 0 && free && _PyPolicyAccess_BeginKeeping(then)) {
        _Py_atomic_store_ptr(slot, (void *)event);
        _PyPolicyAccess_EndKeeping();
    }
    return result;
}

static Py_NO_INLINE int
judge_further(PyThreadState *tstate, const char *event,
              const _PyPolicyActing *met, const char *format,
              va_list *arguments)
{
    if (_PyPolicy_Active && !_PyPolicyStack_IsAlone(tstate)
        && judge_literal(tstate, event, met, format, arguments) < 0)
    {
        return -1;
    }
    return _PyPolicy_Judges & _PyPolicy_MANAGES
        ? _PySecman_JudgeEvent(tstate, event, false, format, arguments, NULL)
        : 0;
}

/* Loggers look at frames for each line, five times, which is exempt: which
   code that is, and for which event, is remembered.  Only code of the standard
   library, and the main interpreter's, which lives as long as it does; held,
   so that its address is not another's. */
typedef struct {
    PyCodeObject *code;
    const char *event;          /* a literal: its address is compared */
    bool exempt;
} Generator;

static Generator generators[32];

#ifndef Py_GIL_DISABLED
static bool
is_exempt_code(PyThreadState *tstate, PyCodeObject *code, const char *event)
{
    Generator *known = &generators[((uintptr_t)code >> 6 ^ (uintptr_t)event)
                                   % Py_ARRAY_LENGTH(generators)];
    if (known->code == code && known->event == event) {
        return known->exempt;
    }
    PyCodeObject *old = known->code;
    bool exempt = _PyPolicyExempt_Generator(tstate, event);
    *known = (Generator){(PyCodeObject *)Py_NewRef(code), event, exempt};
    Py_XDECREF(old);
    return exempt;
}
#endif

static bool
is_generator(PyThreadState *tstate, const _PyPolicyLiteral *known)
{
#ifndef Py_GIL_DISABLED
    const _PyInterpreterFrame *f = tstate->current_frame;
    if (known->row != NULL && known->row->capability == _PyPolicy_INTROSPECT
        && f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
        && (((PyCodeObject *)f->f_executable)->_co_principal
            & ~_PyPrincipal_UNTOLD) == _PyPrincipal_STDLIB
        && _Py_IsMainInterpreter(tstate->interp))
    {
        return is_exempt_code(tstate, (PyCodeObject *)f->f_executable,
                              known->name);
    }
#endif
    return false;
}

void
_PyPolicyGate_ForgetCode(PyInterpreterState *interp)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(generators)
                       && _Py_IsMainInterpreter(interp); i++)
    {
        Py_CLEAR(generators[i].code);
    }
}

static inline bool
is_allowed_to(_PyPolicyLiteral *known, uint32_t set)
{
    return _Py_atomic_load_uint32_relaxed(place_of(known, set)) == 1 + set;
}

static bool
is_allowed_to_any(const _PyPolicyLiteral *known)
{
    size_t i = 0;
    while (i < Py_ARRAY_LENGTH(known->allowed)
           && _Py_atomic_load_uint32_relaxed(&known->allowed[i]) == 0)
    {
        i++;
    }
    return i < Py_ARRAY_LENGTH(known->allowed);
}

/* Does the import system look at a file for itself?  It does so often, and
   that is exempt whoever acts. */
static bool
is_imports(PyThreadState *tstate, const _PyPolicyLiteral *known,
           const char *format, va_list *arguments)
{
    return known->row != NULL
           && (known->row->capability == _PyPolicy_READ
               || known->row->target == _PyPolicyEvent_OPEN)
           && _PyPolicyStack_ImportSystem(tstate, NULL)
           && _PyPolicyExempt_Event(tstate, known->name, format, arguments);
}

/* Where it takes a longer walk to tell who acts, the event is judged anyhow,
   for one walk. */
bool
_PyPolicyGate_IsKnownFree(_PyPolicyAdded id, const char *name)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyLiteral *known = _PyPolicyEvents_Known(name);
    uint32_t met;
    return _PyPolicy_AddedWanted[id] == _PyPolicyAdded_RESTRICTED
           && _PyPolicy_Judges == _PyPolicy_JUDGES
           && tstate != NULL && known != NULL
           && (is_imports(tstate, known, NULL, NULL)
               || (_PyPolicyStack_IsUsual(tstate, &met)
                   && is_allowed_to(known, met)));
}

/* Without a thread state there is no stack and no way to raise: the runtime
   is being set up or taken down. */
int
_PyPolicyGate_JudgeEvent(PyThreadState *tstate, const char *event,
                         const char *format, va_list *arguments)
{
    _PyPolicyLiteral *known = _PyPolicyEvents_Known(event);
    if (tstate == NULL) {
        return 0;
    }
    if (known == NULL || _PyPolicy_Judges != _PyPolicy_JUDGES) {
        return judge_further(tstate, event, NULL, format, arguments);
    }
    if (is_generator(tstate, known)
        || is_imports(tstate, known, format, arguments))
    {
        return 0;
    }
    uint32_t set;
    _PyPolicyActing acting, *met = NULL;
    if (_PyPolicyStack_IsUsual(tstate, &set)) {
        if (is_allowed_to(known, set)) {
            return 0;
        }
    }
    else if (is_allowed_to_any(known)) {
        acting = _PyPolicyStack_Acting(tstate);
        met = &acting;
        if (acting.inner == acting.set && !acting.interpreter
            && is_allowed_to(known, acting.set))
        {
            return 0;
        }
    }
    return judge_further(tstate, event, met, format, arguments);
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
    int result = judge_event(tstate, event, false, NULL, NULL, NULL, tuple,
                             &free);
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
        || (_PyPolicy_Active && !_PyPolicyStack_IsAlone(tstate)
            && judge_named(tstate, name, event, tuple) < 0))
    {
        return tstate == NULL ? 0 : -1;
    }
    return _PyPolicy_Judges & _PyPolicy_MANAGES
        ? _PySecman_JudgeEvent(tstate, event, false, NULL, NULL, tuple) : 0;
}
