/* What the shared modules of our own use too is exported, as all that CPython
   exports: PyAPI_FUNC().  Files that are compiled alone, for their tests,
   export it all. */

#ifndef Py_INTERNAL_POLICY_EXPORT_H
#define Py_INTERNAL_POLICY_EXPORT_H

#ifdef POLICY_STANDALONE
#  define PyAPI_FUNC(TYPE) TYPE
#else
#  include "Python.h"
#endif

#endif /* !Py_INTERNAL_POLICY_EXPORT_H */
