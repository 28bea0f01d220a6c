/* Which security managers are in force, and may this event happen?

   Every audit event passes policy_gate.c: the import policy is asked first,
   then the managers, then audit hooks.  Each manager must allow: those of all
   threads, and those of the thread that raises it.

   What is in force are tables in raw memory.  Nothing in an interpreter's heap
   leads to them but handles, whose methods raise an event before they change
   anything (Modules/_secman), so there is no reference to steal, no list to
   empty and no attribute to set: the managers in force say who may.  A class
   in Python may decide besides (secman_check.c); one that is made of
   permissions alone never calls Python.

   An event's row is found by the address of its name, and the name is compared
   then: who raises events may do so from a buffer that he uses again.  From
   there on it is one byte of the table.

   Which managers there are is secman_force.c's business.

   policy_gate.c and policy_file_open.c call this. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState
#include "pycore_policy_file.h"   // _PyPolicyFile_Resolve()
#include "pycore_policy_gate.h"   // _PyPolicyGate_HooksCleared()
#include "pycore_policy_net.h"    // _PyPolicyNet_JudgeEvent()
#include "pycore_policy_stack.h"  // _PyPolicyStack_ImportSystem()
#include "pycore_principal_load.h"  // _PyPrincipal_MarkImportSystem()
#include "pycore_pyerrors.h"      // _PyErr_ChainExceptions1()
#include "pycore_pystate.h"       // _PyRuntimeState_GetFinalizing()
#include "pycore_runtime.h"       // _PyRuntime
#include "pycore_secman.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <string.h>
#include <unistd.h>               // write(), _exit()

static const char CLEAR[] = "cpython._PySys_ClearAuditHooks";

static struct _PyPolicyThread *
thread_of(PyThreadState *tstate)
{
    return &((_PyThreadStateImpl *)tstate)->policy;
}

/* --- The end of hooks ---------------------------------------------------- */

static bool
is_end(PyThreadState *tstate)
{
    return _PyRuntimeState_GetFinalizing(&_PyRuntime) == tstate;
}

/* Nobody who clears the hooks may go on as if nothing watched him. */
static void
end_process(void)
{
    static const char line[] =
        "SecurityError: secman: the audit hooks were cleared before the "
        "interpreter's own end; the process ends here\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);
    (void)ignored;
    _exit(1);
}


/* --- Judging ------------------------------------------------------------- */

/* By the address of a literal: 1 + the number of a row, which may be wrong
   and is compared. */
static uint16_t rows_by_address[1024];

static int
row_of(const char *event)
{
    uintptr_t p = (uintptr_t)event;
    uint16_t *slot = &rows_by_address[(p >> 2 ^ p >> 12) % 1024];
    int row = (int)_Py_atomic_load_uint16_relaxed(slot) - 1;
    if (row >= 0
        && strcmp(_PyPolicyEvents_At((size_t)row)->name, event) == 0)
    {
        return row;
    }
    row = _PySecman_RowOf(event);
    if (row >= 0) {
        _Py_atomic_store_uint16_relaxed(slot, (uint16_t)(row + 1));
    }
    return row;
}

typedef struct {
    PyThreadState *tstate;
    const char *event;
    int row;
    bool later;
    bool replace;               /* the event is one of code.replace() */
    const char *format;
    va_list *arguments;
    PyObject *args;             /* the tuple, when it has been built */
    PyObject *pending;          /* what was raised before */
    bool held;                  /* `pending` is */
    /* Of the manager that is asked: */
    const _PySecmanTable *table;
    _PySecmanRefusal refusal;
} Question;

/* As the hooks are going to see them. */
static int
build_arguments(Question *q)
{
    if (!q->held) {
        q->pending = PyErr_GetRaisedException();
        q->held = true;
    }
    if (q->args != NULL) {
        return 0;
    }
    if (q->format == NULL || q->format[0] == '\0' || q->arguments == NULL) {
        q->args = PyTuple_New(0);
    }
    else {
        va_list copy;
        va_copy(copy, *q->arguments);
        q->args = Py_VaBuildValue(q->format, copy);
        va_end(copy);
        if (q->args != NULL && !PyTuple_Check(q->args)) {
            Py_SETREF(q->args, PyTuple_Pack(1, q->args));
        }
    }
    q->refusal.args = q->args;
    return q->args == NULL ? -1 : 0;
}

static int
ask_table(void *how, const _PySecmanThing *things, size_t n)
{
    Question *q = how;
    return _PySecmanTable_Allows(q->table, q->row, q->event, things, n,
                                 &q->refusal.why);
}

/* Where it depends on the host's name in an argument. */
static bool
has_host(int row)
{
    const _PyPolicyEvent *event = _PyPolicyEvents_At((size_t)row);
    return event->capability == _PyPolicy_NET
           && (event->target == _PyPolicyEvent_HOST
               || event->target == _PyPolicyEvent_CUSTOM);
}

static int
judge_targets(Question *q)
{
    if (q->later) {
        return 1;
    }
    return _PySecmanTarget_Each(q->tstate,
                                _PyPolicyEvents_At((size_t)q->row), q->args,
                                ask_table, q);
}

/* The import system looks what is there, and unmarshals and compiles what the
   C loader has read, for an import that is asked about itself. */
static bool
is_import(const Question *q)
{
    PyThreadState *tstate = q->tstate;
    bool stat = strcmp(q->event, "os.stat") == 0;
    bool code = strncmp(q->event, "marshal.", 8) == 0
                || strcmp(q->event, "compile") == 0;
    if (!stat && !(code && thread_of(tstate)->marshalling)) {
        return false;
    }
    if (!tstate->interp->policy.import_system
        && _PyPrincipal_MarkImportSystem(tstate->interp->imports.importlib)
           < 0)
    {
        PyErr_Clear();
        return false;
    }
    return stat ? _PyPolicyStack_ImportSystemCalls(tstate, "_path_stat")
                : _PyPolicyStack_ImportSystem(tstate, NULL);
}

/* code.replace() may be what types.coroutine() does, which changes a flag: who
   may make functions may have that.  Anything else is asked about again when
   it is known (principal_code.c). */
static bool
is_replace(const Question *q)
{
    return strcmp(q->event, "code.__new__") == 0 && q->replace
           && _PySecmanTable_Verdict(q->table,
                                     _PySecman_RowOf("function.__new__"),
                                     "function.__new__")
              == _PySecman_ALLOW;
}

/* 1: allowed. */
static int
judge_slowly(Question *q, _PySecman *manager, int verdict)
{
    int result;
    if (build_arguments(q) < 0) {
        return -1;
    }
    q->refusal.why = NULL;
    q->refusal.reason = NULL;
    if (verdict & _PySecman_TARGETS) {
        result = judge_targets(q);
    }
    else {
        result = verdict & _PySecman_ALLOW;
        q->refusal.why = _PySecmanTable_Find(q->table, q->event, -1);
    }
    if (result >= 0 && manager->object != NULL
        && _PySecmanCheck_IsAsked(q->tstate, manager, q->event))
    {
        result = _PySecmanCheck_Ask(q->tstate, manager, result, &q->refusal);
    }
    if (result == 0 && is_import(q)) {
        result = _PySecmanTable_Verdict(q->table, _PySecman_RowOf("import"),
                                        "import") != 0;
    }
    if (result == 0 && is_replace(q)) {
        result = 1;
    }
    if (manager->verbose) {
        _PySecmanRefusal_Log(&q->refusal, result == 1);
    }
    return result;
}

static int
judge_list(Question *q, const _PySecmanList *list, bool everyone)
{
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        _PySecman *manager = list->managers[i];
        q->table = _Py_atomic_load_ptr_acquire(&manager->table);
        int verdict = _PySecmanTable_Verdict(q->table, q->row, q->event);
        if (verdict == _PySecman_ALLOW && !manager->verbose
            && manager->object == NULL)
        {
            continue;
        }
        q->refusal.manager = manager;
        q->refusal.everyone = everyone;
        int result = judge_slowly(q, manager, verdict);
        if (result != 1) {
            return result;
        }
        if ((verdict & _PySecman_TARGETS) && q->row >= 0 && has_host(q->row)
            && !q->later)
        {
            struct _PyPolicyThread *thread = thread_of(q->tstate);
            const _PyPolicyActing nobody = {0};     /* managers do not ask */
            thread->asks_managers++;
            result = _PyPolicyNet_JudgeEvent(
                q->tstate, _PyPolicyEvents_At((size_t)q->row), &nobody,
                q->args);
            thread->asks_managers--;
            if (result < 0) {
                return -1;      /* it has been raised */
            }
        }
    }
    return 1;
}

/* What is left when everybody has answered. */
static int
finish(Question *q, int result)
{
    PyThreadState *tstate = q->tstate;
    PyObject *pending = q->held ? q->pending : NULL;
    if (result == 1) {
        if (q->held) {
            PyErr_SetRaisedException(pending);
        }
        Py_XDECREF(q->args);
        return 0;
    }
    if (result == 0) {
        if (strcmp(q->event, CLEAR) == 0) {
            end_process();
        }
        (void)_PySecmanRefusal_Raise(tstate, &q->refusal);
    }
    if (pending != NULL) {
        _PyErr_ChainExceptions1(pending);
    }
    Py_XDECREF(q->args);
    return -1;
}

int
_PySecman_JudgeEvent(PyThreadState *tstate, const char *event, bool later,
                     const char *format, va_list *arguments, PyObject *tuple)
{
    Question q = {
        .tstate = tstate, .event = event, .row = row_of(event),
        .later = later, .format = format, .arguments = arguments,
        .replace = _PyPrincipal_IsManagedReplace(),
        .refusal = {.event = event},
    };
    if (strncmp(event, "cpython.", 8) == 0 && is_end(tstate)) {
        return 0;               /* the runtime's own end */
    }
    if (tuple != NULL) {
        q.args = PyTuple_Check(tuple) ? Py_NewRef(tuple)
                                      : PyTuple_Pack(1, tuple);
        q.refusal.args = q.args;
        if (q.args == NULL) {
            return -1;
        }
    }
    int result = judge_list(&q, _PySecman_Everyones(), true);
    if (result == 1) {
        result = judge_list(&q, _PySecman_Threads(tstate), false);
    }
    return finish(&q, result);
}

/* A line is compiled while it is read, so where that is refused not even the
   end of the input would be seen. */
bool
_PyPolicyGate_EndsPrompt(PyThreadState *tstate, PyObject *filename)
{
    static const char line[] =
        "SecurityError: a prompt needs the event compile, which is refused; "
        "it ends here\n";
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *args = _PyPolicy_Judges ? PyTuple_Pack(2, Py_None, filename)
                                      : NULL;
    bool ends = args != NULL
        && _PyPolicyGate_EventNamed(tstate, NULL, "compile", args) < 0;
    Py_XDECREF(args);
    PyErr_SetRaisedException(raised);
    if (ends) {
        PyErr_Clear();
        ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);
        (void)ignored;
    }
    return ends;
}

/* Comes back when a permission says so, or nobody manages. */
void
_PyPolicyGate_HooksCleared(PyThreadState *tstate)
{
    if ((_PyPolicy_Judges & _PyPolicy_MANAGES) && !is_end(tstate)
        && _PySecman_JudgeEvent(tstate, CLEAR, false, NULL, NULL, NULL) < 0)
    {
        end_process();
    }
}

static int
judge_thing(Question *q, const _PySecmanThing *thing,
            const _PySecmanList *list, bool everyone)
{
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const _PySecman *manager = list->managers[i];
        q->table = _Py_atomic_load_ptr_acquire(&manager->table);
        if (!(_PySecmanTable_Verdict(q->table, q->row, q->event)
              & _PySecman_TARGETS)
            || _PySecmanCheck_IsAsked(q->tstate, manager, q->event))
        {
            continue;
        }
        q->refusal.manager = manager;
        q->refusal.everyone = everyone;
        q->refusal.why = NULL;
        if (!ask_table(q, thing, 1)) {
            if (manager->verbose) {
                _PySecmanRefusal_Log(&q->refusal, false);
            }
            return 0;
        }
    }
    return 1;
}

int
_PySecman_JudgeThing(PyThreadState *tstate, const char *event,
                     const _PySecmanThing *thing)
{
    if (event == NULL || !(_PyPolicy_Judges & _PyPolicy_MANAGES)) {
        return 0;
    }
    Question q = {
        .tstate = tstate, .event = event, .row = row_of(event),
        .refusal = {.event = event, .thing = thing},
    };
    int result = q.row < 0 ? 1
        : judge_thing(&q, thing, _PySecman_Everyones(), true);
    if (result == 1 && q.row >= 0) {
        result = judge_thing(&q, thing, _PySecman_Threads(tstate), false);
    }
    return finish(&q, result);
}

int
_PySecman_JudgeTarget(PyThreadState *tstate, const char *event,
                      _PyPolicyCapability capability,
                      const _PyPolicyTarget *target)
{
    _PySecmanThing thing = {.kind = capability, .target = *target, .fd = -1};
    return _PySecman_JudgeThing(tstate, event, &thing);
}

/* --- Questions ----------------------------------------------------------- */

/* May any manager's subjects write what is there, who may not unmarshal? */
static bool
may_be_forged(PyThreadState *tstate, const _PySecmanList *list,
              const char *path)
{
    static const char loads[] = "marshal.loads", open[] = "open";
    _PySecmanThing thing = {
        .kind = _PyPolicy_WRITE, .fd = -1,
        .target = {.text = path, .len = strlen(path), .port = -1},
    };
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const _PySecman *manager = list->managers[i];
        const _PySecmanTable *table =
            _Py_atomic_load_ptr_acquire(&manager->table);
        const _PySecmanPermission *why;
        int row = row_of(open);
        int write = _PySecmanTable_Verdict(table, row, open);
        if (_PySecmanTable_Verdict(table, row_of(loads), loads)
            == _PySecman_ALLOW
            && !_PySecmanCheck_IsAsked(tstate, manager, loads))
        {
            continue;
        }
        if (write == _PySecman_ALLOW
            || _PySecmanCheck_IsAsked(tstate, manager, open)
            || (write == _PySecman_TARGETS
                && _PySecmanTable_Allows(table, row, open, &thing, 1, &why)))
        {
            return true;
        }
    }
    return false;
}

bool
_PySecman_BelievesCompiled(PyThreadState *tstate, PyObject *path)
{
    PyObject *bytes;
    _PyPolicyFilePath file;
    if (!(_PyPolicy_Judges & _PyPolicy_MANAGES)) {
        return true;
    }
    if (!PyUnicode_FSConverter(path, &bytes)) {
        PyErr_Clear();
        return false;
    }
    _PyPolicyFile_Resolve(AT_FDCWD, PyBytes_AS_STRING(bytes), true, &file);
    Py_DECREF(bytes);
    return !may_be_forged(tstate, _PySecman_Everyones(), file.text)
           && !may_be_forged(tstate, _PySecman_Threads(tstate), file.text);
}

int
_PySecman_Asks(PyThreadState *tstate, _PySecman *manager, const char *event,
               PyObject *args)
{
    Question q = {
        .tstate = tstate, .event = event, .row = _PySecman_RowOf(event),
        .args = args, .refusal = {.event = event, .args = args},
    };
    /* One that has never been in force gives up a table that is replaced. */
    _PySecmanTable *own = NULL;
    PyMutex_Lock(&manager->mutex);
    q.table = manager->read ? manager->table
              : (own = _PySecmanTable_With(manager->table, NULL));
    PyMutex_Unlock(&manager->mutex);
    if (q.table == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int verdict = _PySecmanTable_Verdict(q.table, q.row, event);
    int result = verdict & _PySecman_TARGETS ? judge_targets(&q)
                                             : verdict & _PySecman_ALLOW;
    _PySecmanTable_Free(own);
    return result;
}
