-- What the tests make Neovim do, each in the way in which a person does it.

local deeds = {}
local failures = {}

local function name_of(buffer)
  return vim.api.nvim_buf_get_name(buffer)
end

local function go_to(path)
  local known = vim.fn.bufnr(vim.fn.fnameescape(path))
  if known < 0 then
    vim.cmd.edit(vim.fn.fnameescape(path))
  else
    vim.cmd.buffer(known)
  end
end

function deeds.open(path)
  go_to(path)
end

function deeds.findings()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get()) do
    table.insert(found, { name_of(one.bufnr), one.lnum + 1, one.code or one.message })
  end
  return found
end

function deeds.fix(path, line, column, title)
  go_to(path)
  local text = vim.fn.getline(line)
  vim.api.nvim_win_set_cursor(0, { line, vim.str_byteindex(text, 'utf-32', column - 1) })
  vim.ui.select = function(items, options, choose)
    local titles = vim.tbl_map(options.format_item, items)
    for number, one in ipairs(titles) do
      if one == title then
        return choose(items[number], number)
      end
    end
    table.insert(failures, title .. ' is not among ' .. vim.inspect(titles))
  end
  vim.lsp.buf.code_action()
end

function deeds.fix_app()
  vim.cmd.TapfixFixApp()
end

function deeds.texts()
  local texts = vim.empty_dict()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].buftype == '' and name_of(buffer) ~= '' then
      local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
      local is_empty = #lines == 1 and lines[1] == ''
      texts[name_of(buffer)] = is_empty and '' or table.concat(lines, '\n') .. '\n'
    end
  end
  return texts
end

function deeds.undo(path)
  go_to(path)
  vim.cmd.undo()
end

function deeds.save()
  vim.cmd.wall()
end

function deeds.forget(path)
  vim.cmd.bwipeout({ vim.fn.fnameescape(path), bang = true })
end

function deeds.quit()
  vim.schedule(function()
    vim.cmd.qall({ bang = true })
  end)
end

function deeds.complaints()
  local said = vim.api.nvim_exec2('messages', { output = true }).output
  return { failures, said }
end

function _G.tapfix_deed(request)
  local call = vim.json.decode(vim.base64.decode(request))
  local fine, answer = pcall(deeds[call[1]], unpack(call, 2))
  local reply = fine and { fine = true, answer = answer } or { error = tostring(answer) }
  vim.fn.writefile({ vim.json.encode(reply) }, vim.env.DEED_REPLY)
  return ''
end
