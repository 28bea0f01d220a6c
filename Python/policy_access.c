/* What does an audit event reach?

   The table of events says to which capability an event belongs and where in
   its arguments the target is.  Arguments are looked at only when the answer
   depends on them: most often whoever acts may use the capability on
   everything, or is not restricted at all, and then no tuple is built.

   Targets that need more than reading an argument are found out by
   policy_file.c (paths) and policy_net.c (hosts). */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_access.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_known.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"
#include "pycore_secman.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

uint32_t _PyPolicy_Restricted = 0;
int _PyPolicyAccess_Changes = 0;

/* --- What is restricted at all? ------------------------------------------ */

static uint32_t
capabilities_of(const _PyPolicyEvent *row)
{
    switch (row->target) {
    case _PyPolicyEvent_OPEN:
    case _PyPolicyEvent_PATHS:
        return 1u << _PyPolicy_READ | 1u << _PyPolicy_WRITE;
    default:
        return row->capability < _PyPolicy_N_CAPABILITIES
               ? 1u << row->capability : 0;
    }
}

/* Capabilities that a policy restricts, also through one of their events. */
static uint32_t
restricted_by(const _PyPolicy *policy)
{
    uint32_t restricted = _PyPolicy_Capabilities(policy);
    uint32_t n = _PyPolicy_CountGrants(policy);
    for (uint32_t i = 0; i < n && _PyPolicy_NamesEvents(policy); i++) {
        const _PyPolicyGrant *grant = _PyPolicy_GrantAt(policy, i);
        if (grant->capability == _PyPolicy_NO_CAPABILITY) {
            const _PyPolicyEvent *row = _PyPolicyEvents_Find(grant->what);
            restricted |= row ? capabilities_of(row) : 0;
        }
    }
    return restricted;
}

bool
_PyPolicyAccess_HasRule(const char *event)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        const _PyPolicyRule *rule = _PyPolicy_CountRules(policies[i]) > 0
            ? _PyPolicyRule_OfEvent(policies[i], event) : NULL;
        if (rule != NULL && !rule->everyone) {
            return true;
        }
    }
    return _PyPolicyNarrow_HasRule(event);
}

static bool
is_named(const char *event)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        if (_PyPolicy_NamesEvents(policies[i])
            && _PyPolicy_NamesEvent(policies[i], event))
        {
            return true;
        }
    }
    return false;
}

/* What no capability restricts may still be restricted by a key or by its
   name.  Keys speak of the part of an event's name before its last dot, so
   events that are neighbours in the table share the answer. */
static void
restrict_added(void)
{
    const char *last = "";
    size_t len = 0;
    bool ruled = false;
    _PyPolicyEvents_Start();
    for (int id = 0; id < _PyPolicyAdded_N; id++) {
        const _PyPolicyEvent *row = _PyPolicyEvents_Added((_PyPolicyAdded)id);
        const char *event = row->name;
        if (capabilities_of(row) & _PyPolicy_Restricted) {
            _PyPolicyEvents_Restrict((_PyPolicyAdded)id);
            continue;
        }
        const char *dot = strrchr(event, '.');
        size_t n = dot ? (size_t)(dot - event) : 0;
        if (n == 0 || n != len || memcmp(event, last, n) != 0) {
            ruled = _PyPolicyAccess_HasRule(event);
            last = event;
            len = n;
        }
        if (ruled || is_named(event)) {
            _PyPolicyEvents_Restrict((_PyPolicyAdded)id);
        }
    }
}

void
_PyPolicyAccess_Begin(void)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    /* The policies themselves are written by no dependency. */
    uint32_t restricted = n > 0 ? 1u << _PyPolicy_WRITE : 0;
    for (size_t i = 0; i < n; i++) {
        restricted |= restricted_by(policies[i]);
    }
    restricted |= _PyPolicyNarrow_Capabilities();
    restricted |= _Py_atomic_load_uint32_relaxed(&_PySecman_Capabilities);
    _PyPolicyAccess_Restrict(restricted);
    restrict_added();
    if (_PyPolicyGate_Restricts(_PyPolicy_PATCH)) {
        _PyPolicyPatch_Install();
    }
}

void
_PyPolicyAccess_Restrict(uint32_t capabilities)
{
    _Py_atomic_or_uint32(&_PyPolicy_Restricted, capabilities);
}

/* --- When it changes -----------------------------------------------------

   Some answers are kept in a single word, without the number for which they
   hold; a change wipes these out.  One that was found before, and kept behind
   its back, would stay.  So it is kept under the lock that a change holds, and
   only if there has been none.  Whoever looks for an answer needs no lock, and
   whoever finds one does not wait: what is not kept is found again. */

static PyMutex changing;

/* The mutex is held. */
static void
change(void)
{
    _PyPolicyNarrow_KnowKeys();
    _PyPolicyAccess_Begin();
    _Py_atomic_add_int(&_PyPolicyAccess_Changes, 1);
    _PyPolicyVerdict_Forget();
    _PyPolicyGate_Forget();
}

void
_PyPolicyAccess_Changed(void)
{
    PyMutex_Lock(&changing);
    change();
    PyMutex_Unlock(&changing);
}

void
_PyPolicyAccess_PermitMade(void)
{
    PyMutex_Lock(&changing);
    if ((_PyPolicyNarrow_Capabilities() & ~_PyPolicy_Restricted)
        || _PyPolicyNarrow_HasNewKeys())
    {
        change();
    }
    PyMutex_Unlock(&changing);
}

bool
_PyPolicyAccess_BeginKeeping(int then)
{
    if (!PyMutex_LockFast(&changing._bits)) {
        return false;
    }
    if (_Py_atomic_load_int_relaxed(&_PyPolicyAccess_Changes) != then) {
        PyMutex_Unlock(&changing);
        return false;
    }
    return true;
}

void
_PyPolicyAccess_EndKeeping(void)
{
    PyMutex_Unlock(&changing);
}

bool
_PyPolicyAccess_IsInternal(const char *module)
{
    static const char NAMES[] =
        "_ctypes_test\0_testbuffer\0_testcapi\0_testclinic\0"
        "_testclinic_limited\0_testexternalinspection\0"
        "_testimportmultiple\0_testinternalcapi\0_testlimitedcapi\0"
        "_testmultiphase\0_testsinglephase\0_xxtestfuzz\0";
    if (module[0] != '_' || strstr(module, "test") == NULL) {
        return false;
    }
    size_t n = strcspn(module, ".");
    for (const char *name = NAMES; *name; name += strlen(name) + 1) {
        if (strncmp(name, module, n) == 0 && name[n] == '\0') {
            return true;
        }
    }
    return false;
}

const _PyPolicyEvent *
_PyPolicyAccess_IsRestricted(const char *event, bool literal)
{
    /* For events that somebody else raises, and a policy may name. */
    static const _PyPolicyEvent OTHER = {
        .capability = _PyPolicy_NO_CAPABILITY,
        .target = _PyPolicyEvent_NONE, .arg = -1, .dir_fd = -1
    };
    const _PyPolicyEvent *row = literal ? _PyPolicyEvents_FindLiteral(event)
                                        : _PyPolicyEvents_Find(event);
    if (row != NULL && (capabilities_of(row) & _PyPolicy_Restricted)) {
        return row;
    }
    if (is_named(event)) {
        return row ? row : &OTHER;
    }
    return NULL;
}

/* --- One event ----------------------------------------------------------- */

static bool
needs_arguments(const _PyPolicyEvent *row)
{
    return row->target != _PyPolicyEvent_NONE
           && row->target != _PyPolicyEvent_SEAM
           && row->target != _PyPolicyEvent_SELF;
}

/* A str or bytes argument as it is stored; whatever else is there is a text
   that no list holds, but None is nothing.  0, or -1 with MemoryError set. */
static int
read_text(_PyPolicyTarget *target, PyObject *arguments, int i)
{
    target->text = "";
    PyObject *value = i >= 0 && i < PyTuple_GET_SIZE(arguments)
                      ? PyTuple_GET_ITEM(arguments, i) : NULL;
    if (value == NULL) {
        return 0;
    }
    Py_ssize_t len = 0;
    const char *text = NULL;
    if (PyUnicode_Check(value)) {
        text = PyUnicode_AsUTF8AndSize(value, &len);
        if (text == NULL && PyErr_ExceptionMatches(PyExc_MemoryError)) {
            return -1;
        }
        PyErr_Clear();
    }
    else if (PyBytes_Check(value)) {
        text = PyBytes_AS_STRING(value);
        len = PyBytes_GET_SIZE(value);
    }
    else if (value == Py_None) {
        target->text = NULL;
    }
    if (text != NULL && strlen(text) == (size_t)len) {
        target->text = text;
        target->len = (size_t)len;
    }
    return 0;
}

/* What is asked where no argument is looked at. */
static _PyPolicyAccess
plain_access(const _PyPolicyEvent *row, const char *event)
{
    _PyPolicyAccess access = {
        .capability = row->capability, .event = event,
        .target = {.port = -1},
    };
    if (row->target == _PyPolicyEvent_SELF) {
        access.target.text = event;
        access.target.len = strlen(event);
    }
    return access;
}

bool
_PyPolicyAccess_IsFree(const _PyPolicyEvent *row, const char *event,
                       const _PyPolicyActing *acting)
{
    uint32_t capabilities = capabilities_of(row);
    _PyPolicyAccess access = plain_access(row, event);
    if (!needs_arguments(row) && _PyPolicyKnown_Allows(&access, acting)) {
        return true;
    }
    if ((capabilities >> _PyPolicy_WRITE & 1) && needs_arguments(row)
        && acting->set > _PyPrincipal_APPLICATION)
    {
        return false;           /* nothing frees from what is protected */
    }
    if ((capabilities & (capabilities - 1)) == 0) {
        int known = _PyPolicyKnown_IsWhole(row->capability, acting);
        if (known >= 0) {
            return known;       /* the most usual, so it is told quickly */
        }
    }
    if (capabilities == 0) {
        return _PyPolicyGate_AllowsAllTo(_PyPolicy_NO_CAPABILITY, event,
                                         acting) == 1;
    }
    for (int i = 0; i < _PyPolicy_N_CAPABILITIES; i++) {
        if ((capabilities >> i & 1)
            && _PyPolicyGate_AllowsAllTo((_PyPolicyCapability)i, event,
                                         acting) != 1)
        {
            return false;
        }
    }
    _PyPolicyKnown_Remember(&access, acting);
    return true;
}

static int
judge_plain(PyThreadState *tstate, const _PyPolicyEvent *row,
            const char *event, const _PyPolicyActing *acting,
            PyObject *arguments)
{
    _PyPolicyAccess access = plain_access(row, event);
    if (row->target == _PyPolicyEvent_NAME
        && read_text(&access.target, arguments, row->arg) < 0)
    {
        return -1;
    }
    return _PyPolicyGate_AccessBy(tstate, &access, acting);
}

static int
judge_custom(PyThreadState *tstate, const _PyPolicyEvent *row,
             const char *event, const _PyPolicyActing *acting,
             PyObject *arguments)
{
    _PyPolicyAccess access = {.capability = _PyPolicy_NO_CAPABILITY};
    switch (row->capability) {
    case _PyPolicy_NET:
        return _PyPolicyNet_JudgeEvent(tstate, row, acting, arguments);
    case _PyPolicy_PATCH:
        /* The capability is about what is others'; whoever names the event
           means all of them. */
        if (_PyPolicyPatch_JudgeEvent(tstate, row, arguments) < 0) {
            return -1;
        }
        access.event = event;
        return is_named(event)
               ? _PyPolicyGate_AccessBy(tstate, &access, acting) : 0;
    default:
        return judge_plain(tstate, row, event, acting, arguments);
    }
}

static int
judge(PyThreadState *tstate, const _PyPolicyEvent *row, const char *event,
      const _PyPolicyActing *acting, PyObject *arguments)
{
    switch (row->target) {
    case _PyPolicyEvent_PATH:
    case _PyPolicyEvent_PATHS:
    case _PyPolicyEvent_OPEN:
        return _PyPolicyFile_JudgeEvent(tstate, row, acting, arguments);
    case _PyPolicyEvent_HOST:
        return _PyPolicyNet_JudgeEvent(tstate, row, acting, arguments);
    case _PyPolicyEvent_CUSTOM:
        return judge_custom(tstate, row, event, acting, arguments);
    default:
        return judge_plain(tstate, row, event, acting, arguments);
    }
}

/* As the hooks are going to see them; borrowed or new, always a tuple. */
static PyObject *
build_tuple(const char *format, va_list *arguments, PyObject *tuple)
{
    if (tuple != NULL) {
        return PyTuple_Check(tuple) ? Py_NewRef(tuple)
                                    : PyTuple_Pack(1, tuple);
    }
    if (format == NULL || format[0] == '\0' || arguments == NULL) {
        return PyTuple_New(0);
    }
    va_list copy;
    va_copy(copy, *arguments);
    PyObject *built = Py_VaBuildValue(format, copy);
    va_end(copy);
    if (built != NULL && !PyTuple_Check(built)) {
        Py_SETREF(built, PyTuple_Pack(1, built));
    }
    return built;
}

int
_PyPolicyAccess_JudgeEvent(PyThreadState *tstate, const _PyPolicyEvent *row,
                           const char *event, const _PyPolicyActing *acting,
                           const char *format, va_list *arguments,
                           PyObject *tuple)
{
    if (strcmp(event, "import") == 0) {
        return 0;               /* judged by _PyPolicyGate_JudgeExtension() */
    }
    if (!needs_arguments(row)) {
        return judge_plain(tstate, row, event, acting, NULL);
    }
    PyObject *pending = PyErr_GetRaisedException();
    PyObject *built = build_tuple(format, arguments, tuple);
    int result = built ? judge(tstate, row, event, acting, built) : -1;
    Py_XDECREF(built);
    if (result == 0) {
        PyErr_SetRaisedException(pending);
    }
    else if (pending != NULL) {
        _PyErr_ChainExceptions1(pending);
    }
    return result;
}
