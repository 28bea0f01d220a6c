/* What has been refused lately, in this process?

   A test suite wants to know what happened while a test ran, libraries that
   swallow errors included, and whether or not the policy has a log.  So the
   records that the log gets, and the sentences that go with them, can be kept:
   from the first question on, since nobody else has a use for them.

   The last of them are kept, in a ring, under a mutex that is never held while
   anything else is waited for.  A forked child has those of its parent, and a
   mutex of its own, lest another thread's hold it for ever. */

#include "Python.h"
#include "pycore_lock.h"                // PyMutex
#include "pycore_policy_recent.h"

#include <unistd.h>

#define KEPT 1024

static struct {
    PyMutex mutex;
    int pid;                    /* whose mutex it is; an atomic word */
    int wanted;                 /* another */
    uint64_t next;              /* number of the next record */
    char *texts[KEPT];          /* of the record i % KEPT; NULL: none */
} recent;

static void
begin(void)
{
    int pid = (int)getpid(), owner = _Py_atomic_load_int(&recent.pid);
    if (owner != pid
        && _Py_atomic_compare_exchange_int(&recent.pid, &owner, pid)
        && owner != 0)
    {
        recent.mutex = (PyMutex){0};
    }
    PyMutex_Lock(&recent.mutex);
}

bool
_PyPolicyRecent_AreWanted(void)
{
    return _Py_atomic_load_int_relaxed(&recent.wanted) != 0;
}

/* Raw memory, since whoever reads it may be another interpreter. */
void
_PyPolicyRecent_Add(char *text)
{
    begin();
    char **place = &recent.texts[recent.next++ % KEPT];
    char *old = *place;
    *place = text;
    PyMutex_Unlock(&recent.mutex);
    PyMem_RawFree(old);
}

/* A copy of one record; NULL and no error when it is not there any more. */
static PyObject *
copy(uint64_t number)
{
    PyObject *text = NULL;
    begin();
    const char *kept = recent.texts[number % KEPT];
    if (kept != NULL && number < recent.next && recent.next - number <= KEPT) {
        text = PyBytes_FromString(kept);
    }
    PyMutex_Unlock(&recent.mutex);
    return text;
}

PyObject *
_PyPolicyRecent_Get(uint64_t first, uint64_t *next)
{
    PyObject *list = PyList_New(0);
    _Py_atomic_store_int_relaxed(&recent.wanted, 1);
    begin();
    *next = recent.next;
    PyMutex_Unlock(&recent.mutex);
    if (*next > KEPT && first < *next - KEPT) {
        first = *next - KEPT;
    }
    for (uint64_t i = first; list != NULL && i < *next; i++) {
        PyObject *text = copy(i);
        if (text == NULL ? PyErr_Occurred() != NULL
                         : PyList_Append(list, text) < 0)
        {
            Py_CLEAR(list);
        }
        Py_XDECREF(text);
    }
    return list;
}
