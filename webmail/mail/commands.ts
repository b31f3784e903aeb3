// Every command with its keys, as mox has them: the one table that the keyboard and the help are made of.
import type { Command } from "../shared/keys.ts";
import type { Toast } from "../shared/toast.ts";
import type { Actions, Target } from "./actions.ts";
import type { Conversation } from "./conversation.ts";
import type { Layout } from "./layout.ts";
import { arrangements } from "./layout.ts";
import type { MessageList } from "./message-list.ts";
import type { MessageView } from "./message-view.ts";

export interface Panes {
  actions: Actions;
  list: MessageList;
  message: MessageView;
  conversation: Conversation;
  layout: Layout;
  toast: Toast;
  target(): Target;
  openInbox(): void;
  back(): void;
  search(): void;
  toggleThreads(): void;
  toggleEverywhere(): void;
  toggleNarrow(): void;
  closeNarrow(): boolean;
  help(): void;
}

const all = Number.MAX_SAFE_INTEGER;
const labelKeys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export function makeCommands(panes: Panes): Command[] {
  const { actions, list, message, conversation, layout, target } = panes;
  const general = (name: string, keys: string[], help: string, run: () => void): Command => ({ name, group: "Everywhere", keys, help, run });
  const rows = (name: string, keys: string[], help: string, run: () => void): Command => ({ name, group: "List", keys, help, run });
  const acts = (name: string, keys: string[], help: string, run: () => void): Command => ({ name, group: "Messages", keys, help, run });
  const shown = (name: string, keys: string[], help: string, run: () => void): Command => ({ name, group: "The message shown", keys, help, run });
  return [
    general("help", ["?"], "Keys", panes.help),
    general("inbox", ["i", "g i"], "Inbox", panes.openInbox),
    general("search", ["/"], "Search", panes.search),
    general("everywhere", ["g e"], "All mailboxes, or this one", panes.toggleEverywhere),
    general("narrow", ["g f"], "Narrow the list by year, label or sender", panes.toggleNarrow),
    general("undo", ["U", "ctrl-z"], "Undo", () => void (panes.toast.undo() || panes.toast.say("There is nothing to undo."))),
    general("mailboxes", ["g m"], "Mailboxes", () => layout.toggleDrawer()),
    general("arrange", ["g l"], "Another layout", () => {
      const next = arrangements[(arrangements.indexOf(layout.arrangement()) + 1) % arrangements.length] ?? "auto";
      layout.arrange(next);
      panes.toast.say(`Layout: ${next}`);
    }),
    general("create", ["g n"], "New mailbox", () => actions.create()),
    rows("next", ["j", "ArrowDown"], "Next message", () => list.move(1, "only")),
    rows("previous", ["k", "ArrowUp"], "Previous message", () => list.move(-1, "only")),
    rows("page-down", ["l", "PageDown"], "Page down", () => list.move(list.pageRows(), "only")),
    rows("page-up", ["h", "PageUp"], "Page up", () => list.move(-list.pageRows(), "only")),
    rows("first", [",", "Home"], "First message", () => list.move(-all, "only")),
    rows("last", [".", "End"], "Last message", () => list.move(all, "only")),
    rows("expand", ["ArrowRight"], "Show all messages of the thread", () => list.expand(true)),
    rows("collapse", ["ArrowLeft"], "Show the thread as one row", () => list.expand(false)),
    rows("threads", ["g t"], "Threads, or each message by itself", panes.toggleThreads),
    rows("choose", ["Space"], "Choose or leave out", () => list.selection.focus !== null && list.go(list.selection.focus, "toggle")),
    rows("all", ["ctrl-a"], "Choose all", () => list.chooseAll()),
    rows("extend-down", ["J", "shift-ArrowDown"], "Choose the next as well", () => list.move(1, "range")),
    rows("extend-up", ["K", "shift-ArrowUp"], "Choose the previous as well", () => list.move(-1, "range")),
    rows("focus-down", ["ctrl-ArrowDown"], "Only the focus down", () => list.move(1, "focus")),
    rows("focus-up", ["ctrl-ArrowUp"], "Only the focus up", () => list.move(-1, "focus")),
    rows("back", ["Escape"], "Back to the list", () => {
      if (panes.closeNarrow()) return;
      if (list.selection.isAll) list.clear();
      panes.back();
    }),
    acts("archive", ["a"], "Archive", () => actions.moveToUse("\\Archive", target())),
    acts("trash", ["d", "Delete"], "To the trash", () => actions.moveToUse("\\Trash", target())),
    acts("delete", ["D"], "Delete for ever", () => actions.deleteForEver(target())),
    acts("junk", ["q"], "Junk", () => actions.junk(target())),
    acts("not-junk", ["Q"], "Not junk", () => actions.notJunk(target())),
    acts("move", ["v"], "Move to …", () => actions.moveTo(target())),
    acts("labels", ["L"], "Labels …", () => actions.labels(target())),
    acts("star", ["s"], "Star", () => actions.toggleFlag("\\Flagged", target())),
    acts("read", ["m"], "Read", () => actions.setFlags(["\\Seen"], [], true, target())),
    acts("unread", ["M"], "Unread", () => actions.setFlags([], ["\\Seen", "$Junk", "$NotJunk"], true, target())),
    ...labelKeys.map((key, at) => acts(`label-${key}`, [key], `Label ${key}`, () => actions.toggleLabel(at + 1, target()))),
    shown("conversation-next", ["g j"], "Next of the conversation", () => conversation.move(1)),
    shown("conversation-previous", ["g k"], "Previous of the conversation", () => conversation.move(-1)),
    shown("text", ["t"], "Text", () => message.setShape("text")),
    shown("html", ["T"], "HTML", () => message.setShape("html")),
    shown("html-external", ["X"], "HTML with pictures from elsewhere", () => message.setShape("htmlexternal")),
    shown("raw", ["O"], "Raw", () => message.setShape("raw")),
    shown("headers", ["ctrl-i"], "All headers", () => message.toggleHeader()),
    shown("attachments", ["V"], "View attachments", () => message.viewAttachments()),
    shown("scroll-down", ["alt-j", "alt-ArrowDown"], "Scroll down", () => message.scroll(0.75)),
    shown("scroll-up", ["alt-k", "alt-ArrowUp"], "Scroll up", () => message.scroll(-0.75)),
  ];
}
