/* Which security managers are in force, and may this event happen?

   Every audit event passes policy_gate.c: the import policy is asked first,
   then the managers, then audit hooks.  Each manager must allow: those of all
   threads, and those of the thread that raises it.

   What is in force are tables in raw memory.  Nothing in an interpreter's heap
   leads to them but handles, whose methods raise an event before they change
   anything (Modules/_secman.c), so there is no reference to steal, no list to
   empty and no attribute to set: the managers in force say who may.  A class
   in Python may decide besides (secman_check.c); one that is made of
   permissions alone never calls Python.

   An event's row is found by the address of its name, and the name is compared
   then: who raises events may do so from a buffer that he uses again.  From
   there on it is one byte of the table.

   A new thread begins with the managers of the thread that makes it, and so
   does an interpreter's first one; the process's own apply to all.  They are
   memory of the process, so a fork has them too.

   Lists and tables are replaced, never changed.  A thread that reads one holds
   no lock; therefore what was replaced is kept until its thread ends (a
   manager's tables: until the manager does; the process's lists: for ever,
   they are short).

   policy_gate.c and policy_file_open.c call this. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState
#include "pycore_policy_access.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_net.h"    // _PyPolicyNet_JudgeEvent()
#include "pycore_policy_run.h"    // _PyPolicyRun_Remember()
#include "pycore_policy_stack.h"  // _PyPolicyStack_ImportSystem()
#include "pycore_principal_load.h"  // _PyPrincipal_MarkImportSystem()
#include "pycore_pyerrors.h"      // _PyErr_ChainExceptions1()
#include "pycore_pystate.h"       // HEAD_LOCK()
#include "pycore_runtime.h"       // _PyRuntime
#include "pycore_secman.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <string.h>
#include <unistd.h>               // write(), _exit()

uint32_t _PySecman_Capabilities = 0;
_PySecmanGuard _PySecman_GuardSqlite = NULL;

static struct {
    PyMutex mutex;                /* held by those who change what is here */
    Py_ssize_t installs;          /* of all managers, in all lists */
    _PySecmanList *everyone;      /* atomic; NULL: none */
} managers;

/* --- A manager ----------------------------------------------------------- */

_PySecman *
_PySecman_New(bool verbose)
{
    _PySecman *manager = PyMem_RawCalloc(1, sizeof(*manager));
    if (manager == NULL) {
        return NULL;
    }
    manager->refs = 1;
    manager->verbose = verbose;
    manager->table = _PySecmanTable_With(NULL, NULL);
    if (manager->table == NULL) {
        PyMem_RawFree(manager);
        return NULL;
    }
    return manager;
}

void
_PySecman_Release(_PySecman *manager)
{
    if (manager != NULL && _Py_atomic_add_ssize(&manager->refs, -1) == 1) {
        _PySecmanTable_Free(manager->table);
        PyMem_RawFree(manager);
    }
}

/* Reckon what its permissions say, and have whoever knows better what is
   reached ask for it. */
static void
put_in_force(_PySecmanTable *table)
{
    uint32_t asked = table->kinds & (1u << _PyPolicy_NET
                                     | 1u << _PyPolicy_RUN
                                     | 1u << _PyPolicy_READ
                                     | 1u << _PyPolicy_WRITE);
    if (!table->reckoned) {
        _PySecmanTable_Reckon(table);
    }
    if (asked >> _PyPolicy_RUN & 1) {
        _PyPolicyRun_Remember();
    }
    _Py_atomic_or_uint32(&_PySecman_Capabilities, asked);
    _PyPolicyAccess_Restrict(asked & (1u << _PyPolicy_NET
                                      | 1u << _PyPolicy_RUN));
}

int
_PySecman_Set(_PySecman *manager, _PySecmanPermission *permission)
{
    PyMutex_Lock(&manager->mutex);
    _PySecmanTable *old = manager->table;
    _PySecmanTable *table = _PySecmanTable_With(old, permission);
    if (table != NULL) {
        if (_Py_atomic_load_ssize(&manager->installs) > 0) {
            put_in_force(table);
            table->old = old;
            old = NULL;
        }
        _Py_atomic_store_ptr_release(&manager->table, table);
    }
    else {
        old = NULL;
    }
    PyMutex_Unlock(&manager->mutex);
    _PySecmanTable_Free(old);
    if (table == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* --- Lists --------------------------------------------------------------- */

static void
install(_PySecman *manager)
{
    PyMutex_Lock(&manager->mutex);
    put_in_force(manager->table);
    _Py_atomic_add_ssize(&manager->installs, 1);
    PyMutex_Unlock(&manager->mutex);
    _Py_atomic_add_ssize(&manager->refs, 1);
}

/* The list keeps its reference. */
static void
leave_force(_PySecman *manager)
{
    if (_Py_atomic_add_ssize(&manager->installs, -1) == 1) {
        _PySecmanCheck_Forget(manager);
    }
}

static _PySecmanList *
new_list(size_t n)
{
    return PyMem_RawCalloc(1, sizeof(_PySecmanList)
                              + n * sizeof(_PySecman *));
}

/* A list with one more, or (`without`) one less; NULL: memory is short. */
static _PySecmanList *
change_list(const _PySecmanList *list, _PySecman *more,
            const _PySecman *without)
{
    size_t n = list ? list->n : 0;
    _PySecmanList *result = new_list(n + 1);
    bool found = false;
    for (size_t i = 0; result != NULL && i < n; i++) {
        if (list->managers[i] == without && !found) {
            found = true;
            continue;
        }
        result->managers[result->n++] = list->managers[i];
    }
    if (result != NULL && more != NULL) {
        result->managers[result->n++] = more;
    }
    return result;
}

static void
count_installs(Py_ssize_t more)
{
    managers.installs += more;
    bool any = managers.installs > 0;
    int judges = _PyPolicy_Judges & ~_PyPolicy_MANAGES;
    if (any != ((_PyPolicy_Judges & _PyPolicy_MANAGES) != 0)) {
        _PyPolicyEvents_Manage(any);
    }
    _Py_atomic_store_int(&_PyPolicy_Judges,
                         judges | (any ? _PyPolicy_MANAGES : 0));
}

static struct _PyPolicyThread *
thread_of(PyThreadState *tstate)
{
    return &((_PyThreadStateImpl *)tstate)->policy;
}

/* The place of the list that is meant; NULL: there is no such thread.  Locks
   the list of threads, unless it is the process's. */
static _PySecmanList **
find_place(unsigned long thread_id)
{
    if (thread_id == _PySecman_EVERYONE) {
        return &managers.everyone;
    }
    PyInterpreterState *interp = _PyInterpreterState_GET();
    HEAD_LOCK(interp->runtime);
    PyThreadState *tstate = PyInterpreterState_ThreadHead(interp);
    for (; tstate != NULL; tstate = tstate->next) {
        if (tstate->thread_id == thread_id && !tstate->_status.cleared) {
            return &thread_of(tstate)->managers;
        }
    }
    HEAD_UNLOCK(interp->runtime);
    return NULL;
}

static void
leave_place(unsigned long thread_id)
{
    if (thread_id != _PySecman_EVERYONE) {
        HEAD_UNLOCK(&_PyRuntime);
    }
}

static bool
is_in(const _PySecmanList *list, const _PySecman *manager)
{
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        if (list->managers[i] == manager) {
            return true;
        }
    }
    return false;
}

/* SQLite's files are guarded when somebody judges: now. */
static int
guard_libraries(void)
{
    _PySecmanGuard guard = _Py_atomic_load_ptr(&_PySecman_GuardSqlite);
    return guard != NULL && _PyPolicy_Judges ? guard() : 0;
}

int
_PySecman_Add(_PySecman *manager, unsigned long thread_id)
{
    int result = -1;
    const char *message = NULL;
    PyMutex_Lock(&managers.mutex);
    _PySecmanList **place = find_place(thread_id);
    if (place == NULL) {
        message = "there is no thread with that id in this interpreter";
        goto done;
    }
    if (is_in(*place, manager)) {
        message = "this manager is in force there already";
    }
    else {
        _PySecmanList *list = change_list(*place, manager, NULL);
        if (list != NULL) {
            install(manager);
            list->old = *place;
            _Py_atomic_store_ptr_release(place, list);
            result = 0;
        }
    }
    leave_place(thread_id);
    if (result == 0) {
        count_installs(1);
    }
done:
    PyMutex_Unlock(&managers.mutex);
    if (message != NULL) {
        PyErr_SetString(PyExc_ValueError, message);
    }
    else if (result < 0) {
        PyErr_NoMemory();
    }
    return result < 0 ? -1 : guard_libraries();
}

int
_PySecman_Remove(_PySecman *manager, unsigned long thread_id)
{
    int result = 0;
    PyMutex_Lock(&managers.mutex);
    _PySecmanList **place = find_place(thread_id);
    if (place != NULL) {
        if (is_in(*place, manager)) {
            _PySecmanList *list = change_list(*place, NULL, manager);
            result = list != NULL ? 1 : -1;
            if (list != NULL) {
                list->old = *place;
                _Py_atomic_store_ptr_release(place, list);
            }
        }
        leave_place(thread_id);
    }
    if (result == 1) {
        count_installs(-1);
    }
    PyMutex_Unlock(&managers.mutex);
    if (result == 1) {
        /* Somebody may be looking at the old list, which keeps it. */
        leave_force(manager);
    }
    else if (result < 0) {
        PyErr_NoMemory();
    }
    return result;
}

const _PySecmanList *
_PySecman_Everyones(void)
{
    return _Py_atomic_load_ptr_acquire(&managers.everyone);
}

const _PySecmanList *
_PySecman_Threads(PyThreadState *tstate)
{
    return _Py_atomic_load_ptr_acquire(&thread_of(tstate)->managers);
}

/* --- Threads ------------------------------------------------------------- */

void
_PySecman_InheritManagers(PyThreadState *created)
{
    PyThreadState *creator = _PyThreadState_GET();
    if (creator == NULL) {
        creator = PyGILState_GetThisThreadState();
    }
    if (creator == NULL || creator == created) {
        return;
    }
    PyMutex_Lock(&managers.mutex);
    const _PySecmanList *from = thread_of(creator)->managers;
    if (from != NULL && from->n > 0) {
        _PySecmanList *list = change_list(from, NULL, NULL);
        if (list == NULL) {
            /* A thread that is less restricted than its maker must not
               be. */
            Py_FatalError("no memory for a thread's security managers");
        }
        for (size_t i = 0; i < list->n; i++) {
            install(list->managers[i]);
        }
        thread_of(created)->managers = list;
        count_installs((Py_ssize_t)list->n);
    }
    PyMutex_Unlock(&managers.mutex);
}

/* Whatever is in a list that was replaced, but not in the one behind it, was
   removed and is released now. */
static void
free_lists(_PySecmanList *list)
{
    while (list != NULL) {
        _PySecmanList *old = list->old;
        for (size_t i = 0; old != NULL && i < old->n; i++) {
            if (!is_in(list, old->managers[i])) {
                _PySecman_Release(old->managers[i]);
            }
        }
        PyMem_RawFree(list);
        list = old;
    }
}

void
_PyPolicyGate_ThreadCleared(PyThreadState *tstate)
{
    struct _PyPolicyThread *thread = thread_of(tstate);
    _PySecmanList *list = thread->managers;
    if (list == NULL) {
        return;
    }
    /* What a class in Python keeps may run code when it goes: that is still
       judged, by its permissions. */
    for (size_t i = 0; i < list->n; i++) {
        leave_force(list->managers[i]);
    }
    PyMutex_Lock(&managers.mutex);
    list = thread->managers;
    thread->managers = NULL;
    count_installs(-(Py_ssize_t)list->n);
    PyMutex_Unlock(&managers.mutex);
    for (size_t i = 0; i < list->n; i++) {
        _PySecman_Release(list->managers[i]);
    }
    free_lists(list);
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

void
_PyPolicyGate_HooksCleared(PyThreadState *tstate)
{
    if ((_PyPolicy_Judges & _PyPolicy_MANAGES) && !is_end(tstate)) {
        end_process();
    }
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
            thread->asks_managers++;
            result = _PyPolicyNet_JudgeEvent(
                q->tstate, _PyPolicyEvents_At((size_t)q->row), q->args);
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
        if (strcmp(q->event, "cpython._PySys_ClearAuditHooks") == 0) {
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

int
_PySecman_Asks(PyThreadState *tstate, _PySecman *manager, const char *event,
               PyObject *args)
{
    Question q = {
        .tstate = tstate, .event = event, .row = _PySecman_RowOf(event),
        .args = args, .refusal = {.event = event, .args = args},
        .table = _Py_atomic_load_ptr_acquire(&manager->table),
    };
    int verdict = _PySecmanTable_Verdict(q.table, q.row, event);
    return verdict & _PySecman_TARGETS ? judge_targets(&q)
                                       : verdict & _PySecman_ALLOW;
}
