/* Which security managers are in force, and where?

   In a list for the process, and one for each thread that has its own.  A new
   thread begins with those of the thread that makes it, and so does an
   interpreter's first one.  They are memory of the process, so a fork has them
   too.

   Lists, and the tables of managers, are replaced and never changed, since
   whoever reads one holds no lock.  What was replaced is kept until its thread
   ends (the tables of a manager that has ever been in force: until it does;
   the process's lists: for ever, they are short).  A list holds one reference
   to each manager that it added; a manager that was taken out is released with
   the list in which it was.

   While any manager is in force anywhere, _PyPolicy_Judges says so, and the
   operations for which CPython raises no event raise one.

   Called by Modules/_secman, and by pystate.c when threads begin and end. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState
#include "pycore_policy_access.h"
#include "pycore_policy_gate.h"   // _PyPolicyGate_ThreadCleared()
#include "pycore_policy_run.h"    // _PyPolicyRun_Remember()
#include "pycore_pystate.h"       // HEAD_LOCK()
#include "pycore_runtime.h"       // _PyRuntime
#include "pycore_secman.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

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
    uint32_t asked = table->kinds & (_PySecman_AT_SEAMS
                                     | 1u << _PyPolicy_READ
                                     | 1u << _PyPolicy_WRITE);
    if (!table->reckoned) {
        _PySecmanTable_Reckon(table);
    }
    if (asked >> _PyPolicy_RUN & 1) {
        _PyPolicyRun_Remember();
    }
    _Py_atomic_or_uint32(&_PySecman_Capabilities, asked);
    _PyPolicyAccess_Restrict(asked & _PySecman_AT_SEAMS);
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
        }
        if (manager->read) {
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
    manager->read = true;
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
