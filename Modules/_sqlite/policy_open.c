/* Which files does SQLite open, and on whose behalf?

   A statement may open files: ATTACH DATABASE, VACUUM INTO, and whatever
   later versions bring.  The name may be computed by the statement, be a URI,
   or be relative; an authorizer would see the text, and take the place of the
   user's own.  All of them end in one function, xOpen of the virtual file
   system that is used, with the resolved path and the flags.  It is there
   that we ask: each system's xOpen is replaced by ours, which raises the event
   sqlite3.open and calls the real one.

   SQLite calls without the thread state, so we take it; the frames below are
   those of whoever executes the statement.  (A thread without one runs no
   Python code.)  SQLite's own error then goes up
   through it, and pysqlite would make an exception from that and drop ours.
   So ours waits in the thread's dictionary until the error arrives.

   Journals and the like are named after a database that was judged.

   A statement may do worse than open files: fts3_tokenizer() takes the
   address of functions, and load_extension() a library, if somebody has
   enabled that for the connection.  SQLite lets neither be called by a view or
   a trigger, and has no escapes in names: whoever calls them has to have them
   compiled in a text that says so. */

#ifndef Py_BUILD_CORE_BUILTIN
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_policy_added.h"
#include "pycore_policy_sqlite.h"
#include "pycore_principal.h"     // _PyPolicy_Judges
#include "pycore_secman.h"        // _PySecman_GuardSqlite

#include "sqlite3.h"

#include <fcntl.h>                // O_RDWR

typedef int (*OpenFunction)(sqlite3_vfs *, const char *, sqlite3_file *, int,
                            int *);

/* The systems whose xOpen was replaced.  Entries are never taken back; the
   number is raised after an entry is complete. */
#define MAX_SYSTEMS 32
static struct {
    sqlite3_vfs *vfs;
    OpenFunction open;
} systems[MAX_SYSTEMS];
static int n_systems;
static PyMutex lock;

static const char WAITING[] = "sqlite3.open refused";

/* --- xOpen -------------------------------------------------------------- */

/* A journal for several databases is called DATABASE-mjXXXXXXXXX.  Its name
   is read from another journal, so it may be anything; what does not look
   like one is judged as it is. */
static size_t
length_of_database(const char *path, int flags)
{
    size_t len = strlen(path);
    if (!(flags & SQLITE_OPEN_SUPER_JOURNAL)) {
        return len;
    }
    size_t end = len;
    while (end > 0 && Py_ISXDIGIT(path[end - 1])) {
        end--;
    }
    return end > 3 && end < len && strncmp(path + end - 3, "-mj", 3) == 0
           ? end - 3 : len;
}

/* 0, or -1 with the exception waiting in the thread's dictionary. */
static int
judge(const char *path, int flags)
{
    int mode = flags & SQLITE_OPEN_READONLY ? O_RDONLY
               : flags & SQLITE_OPEN_CREATE ? O_RDWR | O_CREAT : O_RDWR;
    if (flags & SQLITE_OPEN_SUPER_JOURNAL) {
        mode = O_RDWR;          /* it is removed after use */
    }
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *pending = PyErr_GetRaisedException();
    PyObject *name = PyUnicode_DecodeFSDefaultAndSize(
        path, (Py_ssize_t)length_of_database(path, flags));
    int result = name == NULL ? -1
        : _PyPolicyGate_Added(sqlite3_open, "OOi", name, Py_None, mode);
    Py_XDECREF(name);
    if (result < 0) {
        PyObject *refusal = PyErr_GetRaisedException();
        PyObject *dict = PyThreadState_GetDict();
        if (dict == NULL
            || PyDict_SetItemString(dict, WAITING, refusal) < 0)
        {
            /* SQLite's own error has to do. */
            PyErr_Clear();
        }
        Py_DECREF(refusal);
    }
    PyErr_SetRaisedException(pending);
    PyGILState_Release(state);
    return result;
}

static int
guarded_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
             int flags, int *out)
{
    OpenFunction real = NULL;
    int n = _Py_atomic_load_int_acquire(&n_systems);
    for (int i = 0; i < n; i++) {
        if (systems[i].vfs == vfs) {
            real = systems[i].open;
        }
    }
    if (real == NULL
        || (path != NULL
            && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_SUPER_JOURNAL))
            && _PyPolicy_AddedWanted[_PyPolicyAdded_sqlite3_open]
            && PyGILState_GetThisThreadState() != NULL
            && judge(path, flags) < 0))
    {
        file->pMethods = NULL;  /* there is nothing to close */
        return SQLITE_AUTH;
    }
    return real(vfs, path, file, flags, out);
}

/* --- What _sqlite3 calls ------------------------------------------------- */

/* A database in memory that connections share; its name is no file's. */
static bool
is_memory(const sqlite3_vfs *vfs)
{
    return vfs->zName != NULL && strcmp(vfs->zName, "memdb") == 0;
}

int
_PyPolicyGate_GuardSqlite(void)
{
    bool full = false;
    if (!_PyPolicy_Judges) {
        /* A security manager may come later. */
        _Py_atomic_store_ptr(&_PySecman_GuardSqlite,
                             _PyPolicyGate_GuardSqlite);
        return 0;
    }
    PyMutex_Lock(&lock);
    for (sqlite3_vfs *vfs = sqlite3_vfs_find(NULL); vfs; vfs = vfs->pNext) {
        if (vfs->xOpen == guarded_open || is_memory(vfs)) {
            continue;
        }
        if (n_systems == MAX_SYSTEMS) {
            full = true;
            break;
        }
        systems[n_systems].vfs = vfs;
        systems[n_systems].open = vfs->xOpen;
        _Py_atomic_store_int_release(&n_systems, n_systems + 1);
        vfs->xOpen = guarded_open;
    }
    PyMutex_Unlock(&lock);
    if (full) {
        PyErr_SetString(PyExc_ImportError,
                        "SQLite has more virtual file systems than the "
                        "import policy can guard");
        return -1;
    }
    return 0;
}

/* Letters of SQL's names are compared without their case. */
static bool
mentions(const char *sql, const char *name)
{
    int n = (int)strlen(name);
    for (; *sql != '\0'; sql++) {
        if (sqlite3_strnicmp(sql, name, n) == 0) {
            return true;
        }
    }
    return false;
}

int
_PyPolicyGate_SqliteText(const char *sql)
{
    static const char NAMES[][16] = {"fts3_tokenizer", "load_extension"};
    if (!_PyPolicy_AddedWanted[_PyPolicyAdded_sqlite3_native_function]) {
        return 0;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(NAMES); i++) {
        if (mentions(sql, NAMES[i])
            && _PyPolicyGate_Added(sqlite3_native_function, "s",
                                   NAMES[i]) < 0)
        {
            return -1;
        }
    }
    return 0;
}

int
_PyPolicyGate_SqliteRefused(int error)
{
    PyObject *dict, *refusal = NULL;
    if (error != SQLITE_AUTH || !_PyPolicy_Judges
        || (dict = PyThreadState_GetDict()) == NULL
        || PyDict_PopString(dict, WAITING, &refusal) <= 0)
    {
        return 0;
    }
    PyErr_SetRaisedException(refusal);
    return 1;
}
