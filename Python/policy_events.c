/* Which audit events are there, and what does each reach?

   The rows come from Tools/importpolicy/events.txt, sorted by name; this file
   looks them up.  policy_gate.c asks for the row of an event that a policy
   may restrict.

   CPython raises no event for some operations.  The events that we add for
   them must not be raised where stock raises none, that is without a policy;
   and os.stat() must not become slower for anyone who does not restrict it.
   So each has a byte that says whether it is wanted, which the operation
   itself reads (_PyPolicyGate_Added).  The bytes are zero until a policy or a
   security manager is in force.  Policies and hooks stay, so of their bits
   none is ever cleared. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.audit_hooks
#include "pycore_policy_events.h"
#include "pycore_pystate.h"       // _PyInterpreterState_Main()
#include "pycore_runtime.h"       // _PyRuntime

#include <string.h>

#include "policy_events.inc"

static_assert(Py_ARRAY_LENGTH(ADDED) == _PyPolicyAdded_N,
              "policy_events.inc and pycore_policy_event_ids.h differ");

volatile uint8_t _PyPolicy_AddedWanted[_PyPolicyAdded_N];

/* A policy is in force. */
static bool started;

const _PyPolicyEvent *
_PyPolicyEvents_Find(const char *name)
{
    size_t low = 0, high = Py_ARRAY_LENGTH(EVENTS);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, EVENTS[middle].name);
        if (order == 0) {
            return &EVENTS[middle];
        }
        if (order < 0) {
            high = middle;
        }
        else {
            low = middle + 1;
        }
    }
    return NULL;
}

_PyPolicyLiteral *_PyPolicyEvents_Literals[_PyPolicyEvents_LITERALS];

const _PyPolicyEvent *
_PyPolicyEvents_FindLiteral(const char *name)
{
    _PyPolicyLiteral **slot =
        &_PyPolicyEvents_Literals[_PyPolicyEvents_Slot(name)];
    _PyPolicyLiteral *known = _PyPolicyEvents_Known(name), *none = NULL;
    if (known != NULL) {
        return known->row;
    }
    const _PyPolicyEvent *row = _PyPolicyEvents_Find(name);
    if (_Py_atomic_load_ptr(slot) == NULL
        && (known = PyMem_RawCalloc(1, sizeof(*known))) != NULL)
    {
        known->name = name;
        known->row = row;
        if (!_Py_atomic_compare_exchange_ptr(slot, &none, known)) {
            PyMem_RawFree(known);
        }
    }
    return row;
}

const _PyPolicyEvent *
_PyPolicyEvents_At(size_t i)
{
    return i < Py_ARRAY_LENGTH(EVENTS) ? &EVENTS[i] : NULL;
}

const _PyPolicyEvent *
_PyPolicyEvents_Added(_PyPolicyAdded id)
{
    assert((size_t)id < Py_ARRAY_LENGTH(ADDED));
    return &EVENTS[ADDED[id]];
}

/* Who wants events may be several threads at once. */
static void
want(size_t id, uint8_t bit)
{
    _Py_atomic_or_uint8((uint8_t *)&_PyPolicy_AddedWanted[id], bit);
}

static void
want_all(void)
{
    for (size_t i = 0; i < _PyPolicyAdded_N; i++) {
        want(i, _PyPolicyAdded_HOOKED);
    }
}

void
_PyPolicyEvents_Start(void)
{
    PyInterpreterState *main = _PyInterpreterState_Main();
    started = true;
    if (_PyRuntime.audit_hooks.head != NULL
        || (main != NULL && main->audit_hooks != NULL))
    {
        want_all();
    }
}

void
_PyPolicyEvents_Restrict(_PyPolicyAdded id)
{
    assert(started);
    want((size_t)id, _PyPolicyAdded_RESTRICTED);
}

void
_PyPolicyEvents_Manage(bool managed)
{
    for (size_t i = 0; i < _PyPolicyAdded_N; i++) {
        if (managed) {
            want(i, _PyPolicyAdded_MANAGED);
        }
        else {
            _Py_atomic_and_uint8(
                (uint8_t *)&_PyPolicy_AddedWanted[i],
                (uint8_t)~_PyPolicyAdded_MANAGED);
        }
    }
}

void
_PyPolicyGate_HookAdded(void)
{
    if (started) {
        want_all();
    }
}
