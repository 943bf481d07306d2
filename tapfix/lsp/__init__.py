"""The language server: findings and fixes as the editor's diagnostics and code actions.

It maps values of ``api`` to those of the protocol and analyses nothing itself. pygls and lsprotocol
are imported here alone; they come with ``tapfix[lsp]``.
"""
