/* What does SQLite open or load, and on whose behalf? */

#ifndef Py_INTERNAL_POLICY_SQLITE_H
#define Py_INTERNAL_POLICY_SQLITE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

/* _sqlite/module.c, module_exec(): from now on, every database file that
   SQLite opens raises the event sqlite3.open.  Nothing without a policy.  0,
   or -1 with an exception set. */
extern int _PyPolicyGate_GuardSqlite(void);

/* _sqlite/util.c, _pysqlite_seterror(): SQLite gave this error.  1 with the
   exception set when it is ours, a file that was refused; 0 when it is not. */
extern int _PyPolicyGate_SqliteRefused(int error);

/* _sqlite/statement.c, cursor.c: this text will be compiled.  It may name
   functions that take an address or load a library, which raise the event
   sqlite3.native_function.  0, or -1 with an exception set. */
extern int _PyPolicyGate_SqliteText(const char *sql);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_SQLITE_H */
