;;; What the tests make Emacs do, each in the way in which a person does it.  -*- lexical-binding: t -*-

(require 'cl-lib)
(require 'json)

(defvar deed-questions nil "What Emacs asked, and was answered with yes.")

(defun deed-yes (question)
  (push (substring-no-properties question) deed-questions)
  t)

(advice-add 'y-or-n-p :override #'deed-yes)
(advice-add 'yes-or-no-p :override #'deed-yes)

(defun deed-buffers ()
  (cl-remove-if-not #'buffer-file-name (buffer-list)))

(defun deed-go-to (path)
  (switch-to-buffer (or (find-buffer-visiting path) (find-file-noselect path))))

(defun deed-open (path)
  (deed-go-to path)
  nil)

(defun deed-findings ()
  (cl-loop
   for buffer in (deed-buffers)
   vconcat
   (with-current-buffer buffer
     (cl-loop
      for found in (flymake-diagnostics)
      for told = (cdr (assq 'eglot-lsp-diag (flymake-diagnostic-data found)))
      collect (list buffer-file-name
                    (line-number-at-pos (flymake-diagnostic-beg found) t)
                    (or (plist-get told :code) (flymake-diagnostic-text found)))))))

(defun deed-fix (path line column title)
  (deed-go-to path)
  (goto-char (point-min))
  (forward-line (1- line))
  (forward-char (1- column))
  (let ((last-nonmenu-event ?\r))       ; as typed, not clicked
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_ titles &rest _)
                 (or (car (assoc title titles))
                     (error "%s is not among %S" title (mapcar #'car titles))))))
      (call-interactively #'eglot-code-actions)))
  nil)

(defun deed-fix_app ()
  (call-interactively #'tapfix-fix-app)
  nil)

(defun deed-texts ()
  (or (cl-loop for buffer in (deed-buffers)
               collect (cons (intern (buffer-file-name buffer))
                             (with-current-buffer buffer
                               (buffer-substring-no-properties (point-min) (point-max)))))
      (make-hash-table)))

(defun deed-undo (path)
  (deed-go-to path)
  (setq last-command nil)               ; each is the first of its kind
  (undo-only)
  nil)

(defun deed-save ()
  (save-some-buffers t)
  nil)

(defun deed-forget (path)
  (with-current-buffer (find-buffer-visiting path)
    (set-buffer-modified-p nil)
    (kill-buffer))
  nil)

(defun deed-quit ()
  (run-with-timer 0 nil #'kill-emacs)
  nil)

(defun deed-complaints ()
  (vector (vconcat deed-questions)
          (with-current-buffer "*Messages*" (buffer-string))))

;; A deed is a command like any other, so that what Emacs does after commands follows: hooks, and the
;; borders between what can be undone.

(defvar deed-request nil)
(defvar deed-reply nil)

(defun deed-run ()
  (interactive)
  (let ((call (json-parse-string
               (decode-coding-string (base64-decode-string deed-request) 'utf-8)
               :array-type 'list)))
    (setq deed-reply
          (condition-case problem
              (list (cons 'answer
                          (apply (intern (concat "deed-" (car call))) (cdr call))))
            (error (list (cons 'error (error-message-string problem))))))))

(define-key global-map [deed] #'deed-run)

(defun deed (request)
  (setq deed-request request)
  (execute-kbd-macro [deed])
  ;; What emacsclient prints is not always whole if it is long.
  (let ((coding-system-for-write 'utf-8))
    (write-region (json-encode deed-reply) nil (getenv "DEED_REPLY") nil 'silent)))
