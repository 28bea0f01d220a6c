#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_setup.h"
uint32_t _PyPolicy_Restricted;
static char *stub;
__attribute__((constructor)) static void init(void) {
    stub = getenv("STUB"); if (stub) { stub = strdup(stub); _PyPolicy_Restricted = 0xffff; unsetenv("STUB"); }
}
const char *capn[] = {"net","read","write","run","env","ffi","patch","sys"};
static int has(const char *who, int cap, const char *t, const char *prog) {
    char b[400];
    snprintf(b, 400, ";%s:%s:*;", who, capn[cap]); if (strstr(stub, b)) return 1;
    if (t) {snprintf(b, 400, ";%s:%s:%s;", who, capn[cap], t); if (strstr(stub, b)) return 1;}
    if (prog) {snprintf(b, 400, ";%s:%s:%s;", who, capn[cap], prog); if (strstr(stub, b)) return 1;}
    return 0;
}
int _PyPolicyGate_Allows(PyThreadState *ts, const _PyPolicyAccess *a, bool log) {
    if (!stub) return 1;
    _PyPolicyActing act = _PyPolicyStack_Acting(ts);
    const uint32_t *m; size_t n = _PyPrincipal_Members(act.set, &m); int ok = 1;
    if (act.set == 0) { if (!_PyPolicySetup_Started()) return 1; ok = has("__main__", a->capability, a->target.text, a->target.program);}
    for (size_t i = 0; i < n; i++) if (!has(_PyPrincipal_Name(m[i]), a->capability, a->target.text, a->target.program)) ok = 0;
    if (!ok && act.stdlib_body) ok = 1;
    if (!ok && log) fprintf(stderr, "stub: refused %s %s (%s)\n", capn[a->capability], a->target.text, a->target.program);
    return ok;
}
int _PyPolicyGate_Access(PyThreadState *ts, const _PyPolicyAccess *a) {
    if (_PyPolicyGate_Allows(ts, a, true)) return 0;
    PyErr_Format(PyExc_PermissionError, "stub %s %s", capn[a->capability], a->target.text); return -1;
}
int _PyPolicyGate_AllowsAll(PyThreadState *ts, _PyPolicyCapability c, const char *e) {
    _PyPolicyAccess a = {.capability = c}; 
    return _PyPolicyGate_Allows(ts, &a, false) ? 1 : -1;
}
