/* Is a number from Python code taken for an address?

   Some functions of the standard library hand a number, or the bytes of a
   structure, on to the C library or to the kernel, which read and write where
   it says: a thread's number is where the C library keeps the thread, and the
   structures of many devices have pointers in them.  Whoever may call these
   with a number of his own reads and changes the interpreter's memory, as with
   ctypes; so they need `ffi`.  What is known to be no address does not:

   - numbers of threads that Python knows;
   - commands to terminals, and questions about a network interface, whose
     structures hold no pointers;
   - small integers.  Nothing is mapped so low.

   What is not known here may hold one.

   Called by: upstream's fcntlmodule.c, signalmodule.c and timemodule.c, when
   somebody wants to know. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.threads
#include "pycore_policy_address.h"
#include "pycore_pystate.h"       // HEAD_LOCK()
#include "pycore_runtime.h"       // _PyRuntime

#include <fcntl.h>

/* Below it the kernel maps nothing (mmap_min_addr), and nobody has memory. */
#define LOWEST_ADDRESS 65536

bool
_PyPolicyAddress_IsThread(unsigned long ident)
{
    bool found = false;
    HEAD_LOCK(&_PyRuntime);
    PyInterpreterState *interp = _PyRuntime.interpreters.head;
    for (; interp != NULL && !found; interp = interp->next) {
        PyThreadState *tstate = interp->threads.head;
        for (; tstate != NULL && !found; tstate = tstate->next) {
            found = ident != 0 && tstate->thread_id == ident;
        }
    }
    HEAD_UNLOCK(&_PyRuntime);
    return found;
}

/* An exact int is read once more later, and is the same then. */
static bool
is_small(PyObject *arg)
{
    if (arg == NULL) {
        return true;
    }
    if (!PyLong_CheckExact(arg)) {
        return false;
    }
    int overflow;
    long value = PyLong_AsLongAndOverflow(arg, &overflow);
    return overflow == 0 && value < LOWEST_ADDRESS && value > -LOWEST_ADDRESS;
}

/* The numbers are those of Linux on most processors.  On others, and on other
   systems, some of these commands have numbers that are not known here. */
static bool
is_for_terminal(unsigned int request)
{
    unsigned int number = request & 0xff;
    return (request >> 8 & 0xff) == 'T'
           && (request >> 16 == 0             /* TCGETS ... TIOCGICOUNT */
               || (number >= 0x2a && number <= 0x42));  /* TIOCGPTN ... */
}

static bool
is_for_interface(unsigned int request)
{
    static const unsigned short PLAIN[] = {
        0x8901, 0x8902, 0x8903, 0x8904, 0x8905, 0x8906, 0x8907,  /* owner */
        0x8910,                                     /* SIOCGIFNAME */
        0x8913, 0x8915, 0x8917, 0x8919, 0x891b, 0x891d,  /* flags ... metric */
        0x8921, 0x8927, 0x8933, 0x8942,     /* MTU, hardware, index, queue */
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(PLAIN); i++) {
        if (request == PLAIN[i]) {
            return true;
        }
    }
    return false;
}

/* Bytes and the like.  What could be asked for an integer too, or could be
   changed so that it can, is none. */
static bool
is_data(PyObject *arg)
{
    PyTypeObject *type = Py_TYPE(arg);
    return PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)
           && (type->tp_as_number == NULL
               || type->tp_as_number->nb_index == NULL);
}

bool
_PyPolicyAddress_InIoctl(unsigned int request, PyObject *arg)
{
    return !is_small(arg)
           && (!is_data(arg)
               || (!is_for_terminal(request) && !is_for_interface(request)));
}

bool
_PyPolicyAddress_InFcntl(int command, PyObject *arg)
{
    switch (command) {
    case F_SETFD:
    case F_SETFL:
    case F_SETOWN:
#ifdef F_NOTIFY
    case F_NOTIFY:
#endif
#ifdef F_SETPIPE_SZ
    case F_SETPIPE_SZ:
#endif
        return false;           /* flags, a process, a size */
    default:
        /* The structures are locks and owners, which hold no pointers. */
        return !is_small(arg) && !is_data(arg);
    }
}
