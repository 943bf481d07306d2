-- tapfix in Neovim 0.11 or newer: save this file as ~/.config/nvim/plugin/tapfix.lua.
vim.lsp.config('tapfix', {
  cmd = { 'tapfix', 'server' },
  filetypes = { 'python' },
  root_markers = { 'cdk.json', '.git' },
  workspace_required = true,
})
vim.lsp.enable('tapfix')

vim.api.nvim_create_user_command('TapfixFixApp', function()
  vim.lsp.buf.code_action({
    context = { only = { 'source.tapfix.fixApp' }, diagnostics = {} },
    apply = true,
  })
end, { desc = 'Fix everything that tapfix finds in this app' })
