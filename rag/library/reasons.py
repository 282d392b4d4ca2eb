"""Why the operating system refused, in Russian."""

from __future__ import annotations

import errno

_REASONS = {
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EROFS: "диск только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "исчерпана квота на диске",
    errno.ENOENT: "нет такого файла или папки",
    errno.ENOTDIR: "часть пути — не папка",
    errno.EEXIST: "на её месте уже есть файл",
    errno.EISDIR: "это папка",
    errno.ELOOP: "ссылки ведут по кругу",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.EIO: "ошибка чтения с диска",
}
_NO_RIGHTS = "Дайте себе права на запись в неё"
_ADVICE = {
    errno.EACCES: _NO_RIGHTS,
    errno.EPERM: _NO_RIGHTS,
    errno.EROFS: "Подключите диск для записи",
    errno.ENOSPC: "Освободите место на диске",
    errno.EDQUOT: "Освободите место в своей квоте",
    errno.ENOENT: "Создайте её",
    errno.ENOTDIR: "Исправьте путь",
    errno.EEXIST: "Уберите этот файл",
    errno.EISDIR: "Уберите папку с именем служебного файла",
    errno.ELOOP: "Исправьте ссылку",
    errno.ENAMETOOLONG: "Сократите путь",
}


def os_reason(error: OSError) -> str:
    """The reason of `error`, such as «нет прав»."""
    return _REASONS.get(error.errno or 0, f"ошибка системы {error.errno}")


def folder_advice(error: OSError) -> str:
    """What to do about a folder that can't be written to, such as «Освободите место на диске»."""
    return _ADVICE.get(error.errno or 0, "Проверьте диск")
