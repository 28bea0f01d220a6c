#ifndef Py_INTERNAL_POLICY_LIMITS_H
#define Py_INTERNAL_POLICY_LIMITS_H

/* Every bound that the import policy knows, in one place.

   A policy is trusted input, but it is read before anything else runs, so
   whatever is wrong with it must end in one clear line and not in exhausted
   memory.  Each bound is far above what a person or a tool would write. */

/* Bytes in one JSON text.  Offsets and counts are kept in 32 bits, and an
   error message can name a line and a column that fit into an int. */
#define _PyPolicy_MAX_FILE (64u * 1024 * 1024)

/* Containers inside one another.  A policy needs four. */
#define _PyPolicy_MAX_DEPTH 32

/* Files that one policy is made of: its own and those that it extends. */
#define _PyPolicy_MAX_LAYERS 64

/* Bytes in one name: a module, a dependency, or a path (PATH_MAX). */
#define _PyPolicy_MAX_NAME 4096

/* Bytes of user text that a message quotes, after escaping. */
#define _PyPolicy_MAX_QUOTED 160

#endif   // Py_INTERNAL_POLICY_LIMITS_H
