/* How is a refusal told to a person?  Text that grows, names that cannot
   disguise themselves, and the sentences made of both. */

#ifndef Py_INTERNAL_POLICY_MESSAGE_H
#define Py_INTERNAL_POLICY_MESSAGE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_denial.h"

/* Text in raw memory.  It begins as all zeros; when memory runs out `failed`
   is set and everything added later is dropped, so that only the end of a
   long row of additions has to look.  `data` ends with a NUL, or is NULL
   when nothing was added. */
typedef struct {
    char *data;
    size_t n, capacity;
    bool failed;
} _PyPolicyMessage;

extern void _PyPolicyMessage_Clear(_PyPolicyMessage *text);
extern void _PyPolicyMessage_Add(_PyPolicyMessage *text, const char *s);
extern void _PyPolicyMessage_AddBytes(_PyPolicyMessage *text, const char *s,
                                      size_t n);
extern void _PyPolicyMessage_AddInt(_PyPolicyMessage *text, long long value);

/* A name or a path as JSON would write it between quotation marks, in ASCII
   alone: what looks like another name is told apart from it, what would move
   the cursor does not, and it can be pasted into a policy.  Bytes that are
   not UTF-8 come out as os.fsdecode() and json.dumps() would write them. */
extern void _PyPolicyMessage_AddName(_PyPolicyMessage *text, const char *s);
/* The same in quotation marks. */
extern void _PyPolicyMessage_AddQuoted(_PyPolicyMessage *text, const char *s);
/* For reading only: printable characters stand as they are, others are
   escaped as in Python, what is very long loses its beginning. */
extern void _PyPolicyMessage_AddShown(_PyPolicyMessage *text, const char *s);
/* A str object's bytes as os.fsencode() makes them, unescaped. */
extern void _PyPolicyMessage_AddString(_PyPolicyMessage *text, PyObject *str);
/* The principals of a set: "__main__", "requests", "evil+requests". */
extern void _PyPolicyMessage_AddSet(_PyPolicyMessage *text, uint32_t set);

/* Where it is refused: the file, the line (0: none in particular), and the
   key or entry that does it. */
extern const char *_PyPolicyMessage_Place(const _PyPolicyDenial *denial,
                                          int *line, const char **key);

/* What an access is to, as a policy would have it: "example.com:443",
   "/etc/passwd".  False when nothing could be named, and nothing is added. */
extern bool _PyPolicyMessage_AddTarget(_PyPolicyMessage *text,
                                       const _PyPolicyDenial *denial);

/* The same as a policy writes it on every machine: "$APP/data.csv", "git".
   False where that is no other, and nothing is added. */
extern bool _PyPolicyMessage_AddWritten(_PyPolicyMessage *text,
                                        const _PyPolicyDenial *denial);

/* Who may not do what, by which line of which policy: one line, complete by
   itself, without a newline. */
extern void _PyPolicyMessage_Summary(_PyPolicyMessage *text,
                                     const _PyPolicyDenial *denial);
/* "urllib3/connection.py:12 <- requests/api.py:3 <- __main__ (app.py:1)";
   adds nothing when the denial has no steps. */
extern void _PyPolicyMessage_Chain(_PyPolicyMessage *text,
                                   const _PyPolicyDenial *denial);
#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_MESSAGE_H */
