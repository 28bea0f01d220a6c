"""Two ends of a TLS connection in one process, with a shared key."""

import ssl


def contexts():
    """A client's and a server's, which somebody else may set up further."""
    pair = []
    for protocol in ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER:
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("PSK")
        pair.append(context)
    client, server = pair
    client.set_psk_client_callback(lambda hint: ("good", b"key"))
    server.set_psk_server_callback(lambda identity: b"key", "hint")
    return client, server


def handshake(client, server):
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(back, there, server_hostname="good.example"),
            server.wrap_bio(there, back, server_side=True)]
    for _ in range(4):
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
