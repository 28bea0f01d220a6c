/* Does a look-up in a dictionary run code?

   A key that is not exactly a str compares itself, with a method of its own.
   It can answer otherwise the next time that somebody looks, and while it is
   asked it can take away what is looked at.  Without the GIL another thread
   can, at any time. */

#ifndef Py_INTERNAL_POLICY_PLAIN_H
#define Py_INTERNAL_POLICY_PLAIN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_critical_section.h" // Py_BEGIN_CRITICAL_SECTION()
#include "pycore_dict.h"          // DK_IS_UNICODE()
#include "pycore_typeobject.h"    // _PyType_GetMRO()

#include <stdbool.h>

/* Is each of its keys exactly a str?  (Without the GIL a thread that grows the
   dictionary lets its old table go.) */
static inline bool
_PyPolicy_IsPlain(PyObject *dict)
{
    bool is;
    Py_BEGIN_CRITICAL_SECTION(dict);
    is = DK_IS_UNICODE(((PyDictObject *)dict)->ma_keys);
    Py_END_CRITICAL_SECTION();
    return is;
}

/* Is it certain that the object's type, and no entry of the object's own,
   says what the name is?  The name is exactly a str. */
static inline bool
_PyPolicy_HasNoneItself(PyObject *object, PyObject *name)
{
    PyObject **at = _PyObject_GetDictPtr(object);
#ifdef Py_GIL_DISABLED
    return at == NULL;          /* one that can have entries can get them */
#else
    PyObject *dict = at != NULL ? *at : NULL;
    return dict == NULL
           || (_PyPolicy_IsPlain(dict) && PyDict_Contains(dict, name) == 0);
#endif
}

/* The order in which a type's attributes are looked for, to be let go again;
   held where it does not stay by itself. */
static inline PyObject *
_PyPolicy_HoldMRO(PyTypeObject *type)
{
#ifdef Py_GIL_DISABLED
    return _PyType_GetMRO(type);
#else
    return type->tp_mro;
#endif
}

static inline void
_PyPolicy_LetGo(PyObject *held)
{
#ifdef Py_GIL_DISABLED
    Py_XDECREF(held);
#else
    (void)held;
#endif
}

/* Does no look-up of an attribute in the type run code? */
static inline bool
_PyPolicy_HasPlainBases(PyTypeObject *type)
{
    PyObject *mro = _PyPolicy_HoldMRO(type);
    Py_ssize_t n = mro != NULL ? PyTuple_GET_SIZE(mro) : 0, i = 0;
    while (i < n && _PyPolicy_IsPlain(_PyType_GetDict(
                        (PyTypeObject *)PyTuple_GET_ITEM(mro, i))))
    {
        i++;
    }
    _PyPolicy_LetGo(mro);
    return i == n;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PLAIN_H */
